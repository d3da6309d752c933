-- A file of version 1, as it was released: never edit it.
PRAGMA application_id = 1094928468;
PRAGMA user_version = 1;
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
    );
INSERT INTO "conversations" VALUES(1,'aaaa0000000000000000000000000001','How do lifetimes differ?','how do lifetimes differ?',0,'64a67fff','https://api.acedata.cloud/aichat','gpt-5.1',0,990.0,1003.0,1,NULL,NULL,'["https://example.com/a.png"]','Be terse');
INSERT INTO "conversations" VALUES(2,'bbbb0000000000000000000000000002','杭州','杭州',1,NULL,NULL,NULL,1,997.0,1004.0,0,NULL,NULL,NULL,NULL);
CREATE TABLE drafts (
        conversation_id TEXT NOT NULL PRIMARY KEY,
        updated_at REAL NOT NULL,
        text TEXT NOT NULL
    );
INSERT INTO "drafts" VALUES('',1005.0,'a draft');
INSERT INTO "drafts" VALUES('aaaa0000000000000000000000000001',1006.0,'half a thought');
CREATE TABLE messages (
        number INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
        position INTEGER NOT NULL,
        role TEXT NOT NULL,
        status TEXT NOT NULL,
        owner TEXT,
        model TEXT NOT NULL DEFAULT '',
        created_at REAL NOT NULL,
        seconds REAL,
        error_code TEXT,
        error_message TEXT,
        error_trace_id TEXT,
        refs TEXT NOT NULL DEFAULT '[]',
        preset TEXT NOT NULL DEFAULT '',
        text TEXT NOT NULL DEFAULT ''
    );
INSERT INTO "messages" VALUES(1,'a1','aaaa0000000000000000000000000001',1,'user','complete',NULL,'gpt-5.1',991.0,NULL,NULL,NULL,NULL,'["https://example.com/a.png"]','Be terse','How do lifetimes differ?
In Rust.');
INSERT INTO "messages" VALUES(2,'a2','aaaa0000000000000000000000000001',2,'assistant','complete',NULL,'gpt-5.1',991.0,3.2,NULL,NULL,NULL,'[]','','A **lifetime** names a region.');
INSERT INTO "messages" VALUES(3,'a3','aaaa0000000000000000000000000001',3,'user','complete',NULL,'grok-3',995.0,NULL,NULL,NULL,NULL,'[]','','And with structs?');
INSERT INTO "messages" VALUES(4,'a4','aaaa0000000000000000000000000001',4,'assistant','failed',NULL,'grok-3',995.0,0.4,'used_up','The balance is used up.','trace-1','[]','','');
INSERT INTO "messages" VALUES(5,'b1','bbbb0000000000000000000000000002',1,'user','complete',NULL,'',998.0,NULL,NULL,NULL,NULL,'[]','','杭州天气');
INSERT INTO "messages" VALUES(6,'b2','bbbb0000000000000000000000000002',2,'assistant','streaming','0123456789abcdef','gpt-5.1',998.0,NULL,NULL,NULL,NULL,'[]','','今天');
CREATE INDEX conversations_listed ON conversations (pinned, updated_at)
    WHERE deleted_at IS NULL
    ;
CREATE INDEX conversations_deleted ON conversations (deleted_by) WHERE deleted_at IS NOT NULL
    ;
CREATE INDEX messages_in_order ON messages (conversation_id, position, role, status)
    ;
CREATE INDEX messages_streaming ON messages (owner) WHERE status = 'streaming'
    ;
COMMIT;
