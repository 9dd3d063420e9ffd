-- What it takes to resume a session after a crash (XEP-0198), and the archive (XEP-0313).

-- The session: sm_id is '' when there is none to resume. Counters are those of XEP-0198;
-- acked_out is the number of the last message that the server confirmed.
ALTER TABLE stream_state ADD COLUMN sm_jid      TEXT NOT NULL DEFAULT '';
ALTER TABLE stream_state ADD COLUMN sm_location TEXT NOT NULL DEFAULT '';
ALTER TABLE stream_state ADD COLUMN sent_out    INTEGER NOT NULL DEFAULT 0;
ALTER TABLE stream_state ADD COLUMN acked_out   INTEGER NOT NULL DEFAULT 0;
-- What our account announces, one namespace a line: whose ids are to be believed must be
-- known before a resumed session brings the first message.
ALTER TABLE stream_state ADD COLUMN features    TEXT NOT NULL DEFAULT '';

-- number: the place in the count of XEP-0198 on the session of stream_state; 0 without.
-- held: the server may have it already; it is sent again only when the archive has been
-- read and does not show it.
ALTER TABLE outbox ADD COLUMN number INTEGER NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN held   INTEGER NOT NULL DEFAULT 0;

-- The contacts' presence as the session last told it: a resumed server tells it no more.
CREATE TABLE presence (
	account  TEXT NOT NULL REFERENCES accounts (jid) ON DELETE CASCADE,
	jid      TEXT NOT NULL,
	resource TEXT NOT NULL,
	show     TEXT NOT NULL,
	status   TEXT NOT NULL,
	priority INTEGER NOT NULL,
	time     INTEGER NOT NULL,
	caps     TEXT NOT NULL,
	PRIMARY KEY (account, jid, resource)
) STRICT, WITHOUT ROWID;

-- archived: the archive has shown it, so that its position is the archive's place.
-- markable: the sender wants to know when it was displayed (XEP-0333).
ALTER TABLE messages ADD COLUMN archived INTEGER NOT NULL DEFAULT 0;
ALTER TABLE messages ADD COLUMN markable INTEGER NOT NULL DEFAULT 0;
CREATE INDEX messages_archived ON messages (chat, position) WHERE archived = 1;

-- A peer's retry has the origin-id of the first try.
CREATE INDEX messages_retried ON messages (chat, origin_id) WHERE outgoing = 0 AND origin_id <> '';

-- A gap is a row of messages of its kind; here is what becomes of it.
CREATE TABLE gaps (
	message INTEGER PRIMARY KEY REFERENCES messages (key) ON DELETE CASCADE,
	state   TEXT NOT NULL
) STRICT;

-- All of the archive up to the cursor is here, but for what chats say of their beginning.
-- begun: it was read once, so that an empty cursor means an empty archive.
CREATE TABLE archive (
	account     TEXT PRIMARY KEY REFERENCES accounts (jid) ON DELETE CASCADE,
	begun       INTEGER NOT NULL,
	cursor      TEXT NOT NULL,
	cursor_time INTEGER NOT NULL
) STRICT;

-- The archive holds nothing of this chat before what is here.
ALTER TABLE chats ADD COLUMN archive_complete INTEGER NOT NULL DEFAULT 0;

-- What earlier versions noted of a session says too little to resume it.
UPDATE stream_state SET sm_id = '', handled_in = 0;

-- What contacts are not told.
ALTER TABLE accounts ADD COLUMN no_receipts INTEGER NOT NULL DEFAULT 0;
ALTER TABLE accounts ADD COLUMN no_markers  INTEGER NOT NULL DEFAULT 0;
ALTER TABLE accounts ADD COLUMN no_typing   INTEGER NOT NULL DEFAULT 0;
