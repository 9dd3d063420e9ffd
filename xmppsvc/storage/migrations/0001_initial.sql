-- Addresses are canonical text (package jid), times UTC milliseconds, booleans 0 or 1.
-- "Nothing" is '' or 0; NULL only where a value is really optional.

CREATE TABLE accounts (
	jid       TEXT PRIMARY KEY,
	enabled   INTEGER NOT NULL,
	remember  INTEGER NOT NULL,
	address   TEXT NOT NULL,
	security  TEXT NOT NULL,
	ca_file   TEXT NOT NULL,
	resource  TEXT NOT NULL,
	agent_id  TEXT NOT NULL,
	name      TEXT NOT NULL,
	last_used INTEGER NOT NULL
) STRICT;

CREATE TABLE stream_state (
	account    TEXT PRIMARY KEY REFERENCES accounts (jid) ON DELETE CASCADE,
	hint       BLOB,
	scram_seen INTEGER NOT NULL,
	plus_seen  INTEGER NOT NULL,
	sm_id      TEXT NOT NULL,
	handled_in INTEGER NOT NULL
) STRICT;

CREATE TABLE pins (
	account     TEXT NOT NULL REFERENCES accounts (jid) ON DELETE CASCADE,
	domain      TEXT NOT NULL,
	fingerprint TEXT NOT NULL,
	added       INTEGER NOT NULL,
	PRIMARY KEY (account, domain)
) STRICT;

CREATE TABLE roster_version (
	account TEXT PRIMARY KEY REFERENCES accounts (jid) ON DELETE CASCADE,
	version TEXT NOT NULL
) STRICT;

CREATE TABLE roster (
	account      TEXT NOT NULL REFERENCES accounts (jid) ON DELETE CASCADE,
	jid          TEXT NOT NULL,
	name         TEXT NOT NULL,
	groups       TEXT NOT NULL, -- JSON array of text
	subscription TEXT NOT NULL,
	ask          INTEGER NOT NULL,
	approved     INTEGER NOT NULL,
	PRIMARY KEY (account, jid)
) STRICT;

CREATE TABLE requests (
	account TEXT NOT NULL REFERENCES accounts (jid) ON DELETE CASCADE,
	jid     TEXT NOT NULL,
	message TEXT NOT NULL,
	nick    TEXT NOT NULL,
	time    INTEGER NOT NULL,
	PRIMARY KEY (account, jid)
) STRICT;

CREATE TABLE own_presence (
	account TEXT PRIMARY KEY REFERENCES accounts (jid) ON DELETE CASCADE,
	show    TEXT NOT NULL,
	status  TEXT NOT NULL,
	name    TEXT NOT NULL
) STRICT;

CREATE TABLE chats (
	id            INTEGER PRIMARY KEY,
	account       TEXT NOT NULL REFERENCES accounts (jid) ON DELETE CASCADE,
	peer          TEXT NOT NULL,
	unread        INTEGER NOT NULL DEFAULT 0,
	read_up_to    TEXT NOT NULL DEFAULT '', -- messages.id
	read_position INTEGER,                  -- of that message; NULL: nothing was read
	last_message  INTEGER,                  -- messages.key of the newest one that is shown
	updated       INTEGER NOT NULL,
	UNIQUE (account, peer)
) STRICT;

CREATE TABLE messages (
	key         INTEGER PRIMARY KEY,
	id          TEXT NOT NULL UNIQUE,
	account     TEXT NOT NULL,
	chat        INTEGER NOT NULL REFERENCES chats (id) ON DELETE CASCADE,
	position    INTEGER NOT NULL,
	kind        TEXT NOT NULL,
	sender      TEXT NOT NULL,
	occupant    TEXT NOT NULL,
	outgoing    INTEGER NOT NULL,
	live        INTEGER NOT NULL,
	body        TEXT NOT NULL,
	lang        TEXT NOT NULL,
	time        INTEGER NOT NULL,
	encryption  TEXT NOT NULL,
	attachments TEXT NOT NULL DEFAULT '[]', -- JSON array
	raw         BLOB,                       -- the element's XML, DEFLATE
	wire_id     TEXT NOT NULL,
	origin_id   TEXT NOT NULL,
	stanza_id   TEXT NOT NULL,
	stanza_by   TEXT NOT NULL,
	send_key    TEXT NOT NULL DEFAULT '',
	delivery    TEXT NOT NULL,
	in_doubt    INTEGER NOT NULL,
	failure     TEXT                        -- JSON of model.StanzaError
) STRICT;

CREATE INDEX messages_order ON messages (chat, position);
-- What is known already: the archive's id within the account, and for our own messages
-- the id we chose within the chat. A peer's id never is one of these.
CREATE UNIQUE INDEX messages_stanza_id ON messages (account, stanza_by, stanza_id) WHERE stanza_id <> '';
CREATE UNIQUE INDEX messages_origin_id ON messages (chat, origin_id) WHERE outgoing = 1 AND origin_id <> '';
CREATE UNIQUE INDEX messages_send_key ON messages (account, send_key) WHERE send_key <> '';
CREATE INDEX messages_wire_id ON messages (chat, wire_id) WHERE outgoing = 1 AND wire_id <> '';

-- A row stays until the server has taken the message; seq is the order of sending.
CREATE TABLE outbox (
	seq     INTEGER PRIMARY KEY,
	account TEXT NOT NULL,
	message INTEGER NOT NULL UNIQUE REFERENCES messages (key) ON DELETE CASCADE
) STRICT;

-- rowid is messages.key. The text comes folded and cut by Go (search.go), so the
-- tokenizer only has to split at spaces.
CREATE VIRTUAL TABLE message_text USING fts5 (
	body, content = '', contentless_delete = 1, tokenize = 'ascii'
);
