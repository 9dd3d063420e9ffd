insert into accounts values ('me@example.org', 1, 1, '', 'auto', '', 'dovekie.r4nd', 'agent', 'Me', 1795348800000, 1, 0, 1);
insert into stream_state values ('me@example.org', x'7b7d', 1, 0, 'sm1', 7, 'me@example.org/dovekie.r4nd', '', 9, 8, 'urn:xmpp:mam:2');
insert into pins values ('me@example.org', 'example.org', 'abcd', 1795348800000);
insert into roster_version values ('me@example.org', 'ver1');
insert into roster values ('me@example.org', 'alice@example.org', 'Alice', '["朋友"]', 'both', 0, 0);
insert into own_presence values ('me@example.org', 'away', 'back soon', 'Me');
insert into chats (id, account, peer, unread, read_up_to, read_position, last_message, updated, pinned, muted)
values (1, 'me@example.org', 'alice@example.org', 1, '', null, 2, 1795348801000, 1, 0);
insert into messages (key, id, account, chat, position, kind, sender, occupant, outgoing, live, body, lang, time,
	encryption, raw, wire_id, origin_id, stanza_id, stanza_by, send_key, delivery, in_doubt, failure)
values (1, 'm1', 'me@example.org', 1, 65536, 'text', 'alice@example.org/phone', '', 0, 1, '你好！', 'zh', 1795348800000,
	'', null, 'w1', '', 's1', 'me@example.org', '', '', 0, null),
	(2, 'm2', 'me@example.org', 1, 131072, 'text', 'me@example.org', '', 1, 0, 'hello', '', 1795348801000,
	'', null, 'm2', 'm2', '', '', 'key', 'queued', 0, null);
insert into message_text (rowid, body) values (1, '你好 好 '), (2, 'hello ');
insert into outbox values (1, 'me@example.org', 2, 0, 0);
insert into presence values ('me@example.org', 'alice@example.org', 'phone', 'away', '', 0, 1795348801000, '');
insert into archive values ('me@example.org', 1, 's1', 1795348800000);
insert into drafts values ('me@example.org', 'alice@example.org', '还没写完', 1795348802000);
