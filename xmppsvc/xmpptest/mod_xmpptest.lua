-- Takes operations for tests on a loopback port: one JSON object a line, one answer a line.
module:set_global();

local json = require "util.json";
local jid_join = require "util.jid".join;
local usermanager = require "core.usermanager";
local rostermanager = require "core.rostermanager";

local function virtual_host()
	for name, host in pairs(prosody.hosts) do
		if host.type == "local" then return name; end
	end
end

local verbs = {};

function verbs.where()
	return { ok = true, where = prosody.paths.data };
end

function verbs.adduser(op)
	local ok, err = usermanager.create_user(op.user, op.password, virtual_host());
	return { ok = ok and true or false, error = err };
end

function verbs.setpassword(op)
	local ok, err = usermanager.set_password(op.user, op.password, virtual_host());
	return { ok = ok and true or false, error = err };
end

function verbs.kick(op)
	local user = prosody.bare_sessions[jid_join(op.user, virtual_host())];
	if not user then return { ok = false, error = "not signed in" }; end
	local all = {};
	for _, session in pairs(user.sessions) do all[#all + 1] = session; end
	for _, session in ipairs(all) do
		session:close { condition = "policy-violation", text = "Ended by the administrator" };
	end
	return { ok = true };
end

function verbs.befriend(op)
	local host = virtual_host();
	if not usermanager.user_exists(op.user, host) then return { ok = false, error = "no such user" }; end
	local roster, err = rostermanager.load_roster(op.user, host);
	if not roster then return { ok = false, error = err }; end
	for _, contact in ipairs(op.contacts) do
		local groups = {};
		if contact.group and contact.group ~= "" then groups[contact.group] = true; end
		roster[jid_join(contact.name, host)] = { name = contact.nick, subscription = "both", groups = groups };
	end
	local ok, why = rostermanager.save_roster(op.user, host, roster);
	if not ok then return { ok = false, error = why or "the list could not be saved" }; end
	for _, contact in ipairs(op.contacts) do
		rostermanager.roster_push(op.user, host, jid_join(contact.name, host));
	end
	return { ok = true };
end

local function answer(line)
	local op = json.decode(line);
	local verb = op and verbs[op.verb];
	if not verb then return { ok = false, error = "unknown operation" }; end
	local ok, result = pcall(verb, op);
	if not ok then return { ok = false, error = tostring(result) }; end
	return result;
end

module:provides("net", {
	name = "xmpptest";
	default_interface = "127.0.0.1";
	listener = {
		default_port = 0;
		default_mode = "*l";
		onincoming = function (conn, line)
			conn:write(json.encode(answer(line)) .. "\n");
		end;
		onconnect = function () end;
		ondisconnect = function () end;
	};
});
