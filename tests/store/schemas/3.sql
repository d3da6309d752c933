-- A file of version 3, as it was released: never edit it.
PRAGMA application_id = 1094928468;
PRAGMA user_version = 3;
BEGIN TRANSACTION;
CREATE TABLE conversations (
        number INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        title TEXT NOT NULL DEFAULT '',
        folded_title TEXT NOT NULL DEFAULT '',
        renamed INTEGER NOT NULL DEFAULT 0,
        server_id TEXT,
        server TEXT,
        model TEXT,
        pinned INTEGER NOT NULL DEFAULT 0,
        created_at REAL NOT NULL,
        updated_at REAL NOT NULL,
        unread INTEGER NOT NULL DEFAULT 0,
        deleted_at REAL,
        deleted_by TEXT,
        refs TEXT,
        preset TEXT
    , archived INTEGER NOT NULL DEFAULT 0, changed_at REAL NOT NULL DEFAULT 0, origin_id TEXT, origin_message_id TEXT);
INSERT INTO "conversations" VALUES(1,'aaaa0000000000000000000000000001','How do lifetimes differ?','how do lifetimes differ?',0,'64a67fff','https://api.acedata.cloud/aichat','gpt-5.1',0,990.0,1003.0,1,NULL,NULL,'["https://example.com/a.png"]','Be terse',0,1003.0,NULL,NULL);
INSERT INTO "conversations" VALUES(2,'bbbb0000000000000000000000000002','杭州','杭州',1,NULL,NULL,NULL,1,997.0,1004.0,0,NULL,NULL,NULL,NULL,0,1004.0,NULL,NULL);
CREATE TABLE drafts (
        conversation_id TEXT NOT NULL PRIMARY KEY,
        updated_at REAL NOT NULL,
        text TEXT NOT NULL
    );
INSERT INTO "drafts" VALUES('',1005.0,'a draft');
INSERT INTO "drafts" VALUES('aaaa0000000000000000000000000001',1006.0,'half a thought');
CREATE TABLE "messages" (
        number INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
        parent_id TEXT,
        position INTEGER NOT NULL,
        shown INTEGER NOT NULL DEFAULT 1,
        role TEXT NOT NULL,
        status TEXT NOT NULL,
        owner TEXT,
        model TEXT NOT NULL DEFAULT '',
        created_at REAL NOT NULL,
        changed_at REAL NOT NULL DEFAULT 0,
        seconds REAL,
        first_seconds REAL,
        error_code TEXT,
        error_message TEXT,
        error_trace_id TEXT,
        server_id TEXT,
        server TEXT,
        carried TEXT NOT NULL DEFAULT '',
        indexed INTEGER NOT NULL DEFAULT 0,
        refs TEXT NOT NULL DEFAULT '[]',
        preset TEXT NOT NULL DEFAULT '',
        text TEXT NOT NULL DEFAULT ''
    );
INSERT INTO "messages" VALUES(1,'a1','aaaa0000000000000000000000000001',NULL,1,1,'user','complete',NULL,'gpt-5.1',991.0,991.0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'',0,'["https://example.com/a.png"]','Be terse','How do lifetimes differ?
In Rust.');
INSERT INTO "messages" VALUES(2,'a2','aaaa0000000000000000000000000001','a1',2,1,'assistant','complete',NULL,'gpt-5.1',991.0,994.2,3.2,NULL,NULL,NULL,NULL,'64a67fff','https://api.acedata.cloud/aichat','',0,'[]','','A **lifetime** names a region.');
INSERT INTO "messages" VALUES(3,'a3','aaaa0000000000000000000000000001','a2',3,1,'user','complete',NULL,'grok-3',995.0,995.0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'',0,'[]','','And with structs?');
INSERT INTO "messages" VALUES(4,'a4','aaaa0000000000000000000000000001','a3',4,1,'assistant','failed',NULL,'grok-3',995.0,995.4,0.4,NULL,'used_up','The balance is used up.','trace-1',NULL,NULL,'',0,'[]','','');
INSERT INTO "messages" VALUES(5,'b1','bbbb0000000000000000000000000002',NULL,1,1,'user','complete',NULL,'',998.0,998.0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'',0,'[]','','杭州天气');
INSERT INTO "messages" VALUES(6,'b2','bbbb0000000000000000000000000002','b1',2,1,'assistant','streaming','0123456789abcdef','gpt-5.1',998.0,998.0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'',0,'[]','','今天');
CREATE TABLE removed (id TEXT NOT NULL PRIMARY KEY, removed_at REAL NOT NULL);
CREATE TABLE queue (
        number INTEGER PRIMARY KEY,
        conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
        created_at REAL NOT NULL,
        refs TEXT NOT NULL DEFAULT '[]',
        text TEXT NOT NULL
    );
INSERT INTO "queue" VALUES(1,'aaaa0000000000000000000000000001',1006.0,'[]','And traits?');
CREATE TABLE files (
            conversation_id TEXT NOT NULL PRIMARY KEY,
            attached TEXT NOT NULL DEFAULT '[]',
            looked TEXT NOT NULL DEFAULT '[]'
        );
INSERT INTO "files" VALUES('aaaa0000000000000000000000000001','[["a.pdf", "/tmp/a.pdf", 1200, "https://example.com/1/a.pdf"]]','[["https://example.com/a.png", true, "answers", "image/png", 4200]]');
CREATE VIRTUAL TABLE trigrams USING fts5 (
        text, content = '', columnsize = 0, detail = none, tokenize = 'trigram case_sensitive 1'
    );
CREATE VIRTUAL TABLE letters USING fts5 (
        text, content = '', columnsize = 0, detail = none, tokenize = 'unicode61'
    );
CREATE INDEX conversations_deleted ON conversations (deleted_by) WHERE deleted_at IS NOT NULL;
CREATE INDEX messages_in_order
    ON messages (conversation_id, shown, position, role, status);
CREATE INDEX messages_streaming ON messages (owner) WHERE status = 'streaming';
CREATE INDEX messages_of_server ON messages (server_id) WHERE server_id IS NOT NULL;
CREATE INDEX messages_unindexed ON messages (number) WHERE NOT indexed;
CREATE INDEX messages_of_time ON messages (created_at);
CREATE INDEX conversations_listed ON conversations (pinned, updated_at)
    WHERE deleted_at IS NULL AND NOT archived;
CREATE INDEX conversations_branched ON conversations (origin_id) WHERE origin_id IS NOT NULL;
COMMIT;
