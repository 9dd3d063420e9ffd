-- What the user keeps of a chat besides its messages.

-- What was typed and not sent. It needs no chat: nothing may have been said yet.
CREATE TABLE drafts (
	account TEXT NOT NULL REFERENCES accounts (jid) ON DELETE CASCADE,
	peer    TEXT NOT NULL,
	body    TEXT NOT NULL,
	updated INTEGER NOT NULL,
	PRIMARY KEY (account, peer)
) STRICT, WITHOUT ROWID;

ALTER TABLE chats ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0;
ALTER TABLE chats ADD COLUMN muted  INTEGER NOT NULL DEFAULT 0;
