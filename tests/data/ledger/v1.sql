-- A ledger of version 1 as the first release writes it; what it holds is in v1.txt.
PRAGMA application_id = 1685221238;
PRAGMA user_version = 1;
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE meta (
	n INTEGER PRIMARY KEY,
	key TEXT NOT NULL UNIQUE,
	value TEXT NOT NULL,
	checksum INTEGER
) STRICT;
INSERT INTO meta VALUES(1,'owner','yftv4c5zqcsxlkewmh7mbcvihm',7514477226796773246);
INSERT INTO meta VALUES(2,'since_wall_ms','1700000000000',-5063032144277503558);
INSERT INTO meta VALUES(3,'fleet','qa',-2965963999927536732);
CREATE TABLE intents (
	id INTEGER PRIMARY KEY,
	key TEXT NOT NULL UNIQUE CHECK (key <> ''),
	verb TEXT NOT NULL,
	kind TEXT NOT NULL,
	state TEXT NOT NULL,
	operation TEXT NOT NULL,
	group_name TEXT NOT NULL,
	region TEXT NOT NULL,
	cloud_group TEXT NOT NULL,
	name TEXT NOT NULL,
	token TEXT NOT NULL,
	params TEXT NOT NULL,
	count INTEGER NOT NULL,
	ids_before TEXT NOT NULL,
	targets TEXT NOT NULL,
	charge TEXT NOT NULL,
	buys INTEGER NOT NULL CHECK (buys IN (0, 1)),
	unpaid INTEGER NOT NULL CHECK (unpaid IN (0, 1)),
	fingerprint INTEGER NOT NULL,
	generation INTEGER NOT NULL,
	created_wall_ms INTEGER NOT NULL,
	first_sent_wall_ms INTEGER NOT NULL,
	last_sent_wall_ms INTEGER NOT NULL,
	sends INTEGER NOT NULL,
	looks INTEGER NOT NULL,
	looks_late INTEGER NOT NULL,
	result_group TEXT NOT NULL,
	result TEXT NOT NULL,
	order_id TEXT NOT NULL,
	code TEXT NOT NULL,
	message TEXT NOT NULL,
	request_id TEXT NOT NULL,
	settled_wall_ms INTEGER NOT NULL,
	landed INTEGER NOT NULL CHECK (landed IN (0, 1)),
	checksum INTEGER
) STRICT;
INSERT INTO intents VALUES(1,'mmf73n5guy2kl4nkfnl5vuf22a','create','cloud-phone','done','CreateAndroidInstanceGroup','phones-small','cn-shanghai','','phones-small.abc234','drover-token-0','Amount=1&NumberOfInstances=3',3,'','','PrePaid',1,1,-81985529216486896,1,1700000000000,1700000000005,1700000000005,1,0,0,'ag-1',replace('acp-00000001\nacp-00000002\n','\n',char(10)),'202401234567890','','','',1700000000009,0,4807491120836214671);
INSERT INTO intents VALUES(2,'52e26mewg6ck4cdf55ztogdd4i','create','cloud-phone','unclear','CreateAndroidInstanceGroup','phones-small','cn-shanghai','','phones-small.abc234','drover-token-1','Amount=1&NumberOfInstances=3',3,'','','PostPaid',1,0,-81985529216486895,1,1700000000000,1700000000005,1700000000005,1,0,0,'','','','','','',0,0,7470533207353917614);
INSERT INTO intents VALUES(3,'i2d6szliytrbbhcefjodzf6xcq','grow','cloud-phone','recorded','CreateAndroidInstanceGroup','phones-small','cn-shanghai','ag-1','','','Amount=1&NumberOfInstances=3',3,replace('acp-00000001\n','\n',char(10)),'','PostPaid',1,0,-81985529216486894,1,1700000000000,0,0,0,0,0,'','','','','','',0,0,8464205364735028541);
CREATE TABLE orders (
	n INTEGER PRIMARY KEY,
	id TEXT NOT NULL UNIQUE CHECK (id <> ''),
	group_name TEXT NOT NULL,
	region TEXT NOT NULL,
	cloud_group TEXT NOT NULL,
	intent INTEGER REFERENCES intents (id),
	count INTEGER NOT NULL,
	status TEXT NOT NULL,
	status_text TEXT NOT NULL,
	amount TEXT NOT NULL,
	currency TEXT NOT NULL,
	created_wall_ms INTEGER NOT NULL,
	settled_wall_ms INTEGER NOT NULL,
	announced_wall_ms INTEGER NOT NULL,
	deadline_wall_ms INTEGER NOT NULL,
	fingerprint INTEGER NOT NULL,
	landed INTEGER NOT NULL CHECK (landed IN (0, 1)),
	"foreign" INTEGER NOT NULL CHECK ("foreign" IN (0, 1)),
	checksum INTEGER
) STRICT;
INSERT INTO orders VALUES(1,'202401234567890','phones-small','cn-shanghai','ag-1',1,2,'unpaid','Unpaid','','',1700000000009,0,1700000000010,0,7,0,0,-7348252757061761736);
CREATE TABLE resources (
	n INTEGER PRIMARY KEY,
	id TEXT NOT NULL,
	cloud_group TEXT NOT NULL,
	group_name TEXT NOT NULL,
	intent INTEGER REFERENCES intents (id),
	state TEXT NOT NULL,
	charge TEXT NOT NULL,
	first_wall_ms INTEGER NOT NULL,
	seen_wall_ms INTEGER NOT NULL,
	missing_wall_ms INTEGER NOT NULL,
	missing_listings INTEGER NOT NULL,
	"foreign" INTEGER NOT NULL CHECK ("foreign" IN (0, 1)),
	checksum INTEGER,
	UNIQUE (cloud_group, id),
	CHECK (id <> '' OR cloud_group <> '')
) STRICT;
INSERT INTO resources VALUES(1,'acp-00000001','ag-1','phones-small',1,'seen','PostPaid',0,1700000000001,0,0,0,-2112208983786471397);
INSERT INTO resources VALUES(2,'acp-00000002','ag-1','phones-small',1,'seen','PostPaid',0,1700000000002,0,0,0,-8454241036907581635);
CREATE TABLE changes (
	n INTEGER PRIMARY KEY,
	intent INTEGER NOT NULL REFERENCES intents (id),
	deleted INTEGER NOT NULL CHECK (deleted IN (0, 1)),
	group_name TEXT NOT NULL,
	count INTEGER NOT NULL CHECK (count > 0),
	wall_ms INTEGER NOT NULL,
	checksum INTEGER,
	UNIQUE (intent, deleted)
) STRICT;
INSERT INTO changes VALUES(1,1,0,'phones-small',2,1700000000009,-7719731605062948890);
CREATE TABLE approvals (
	n INTEGER PRIMARY KEY,
	hash TEXT NOT NULL UNIQUE CHECK (hash <> ''),
	who TEXT NOT NULL,
	given_wall_ms INTEGER NOT NULL,
	used INTEGER NOT NULL CHECK (used IN (0, 1)),
	checksum INTEGER
) STRICT;
INSERT INTO approvals VALUES(1,'abcdefghijklm','ann',1700000000000,0,-1223127690759808886);
CREATE TABLE paused (
	n INTEGER PRIMARY KEY,
	group_name TEXT NOT NULL UNIQUE,
	who TEXT NOT NULL,
	since_wall_ms INTEGER NOT NULL,
	checksum INTEGER
) STRICT;
INSERT INTO paused VALUES(1,'phones-small','ann',1700000000000,-5496918401401016862);
CREATE TABLE known_groups (
	n INTEGER PRIMARY KEY,
	name TEXT NOT NULL UNIQUE CHECK (name <> ''),
	kind TEXT NOT NULL,
	region TEXT NOT NULL,
	charge TEXT NOT NULL,
	protect INTEGER NOT NULL CHECK (protect IN (0, 1)),
	end_marker INTEGER NOT NULL CHECK (end_marker IN (0, 1)),
	checksum INTEGER
) STRICT;
INSERT INTO known_groups VALUES(1,'phones-small','cloud-phone','cn-shanghai','PrePaid',1,1,7596758541732841870);
CREATE TABLE events (
	n INTEGER PRIMARY KEY,
	wall_ms INTEGER NOT NULL,
	group_name TEXT NOT NULL,
	event TEXT NOT NULL,
	detail TEXT NOT NULL,
	checksum INTEGER
) STRICT;
INSERT INTO events VALUES(1,1700000000000,'phones-small','group_created','3 instances',-8522701705292081729);
CREATE TABLE fleet (
	slot INTEGER PRIMARY KEY CHECK (slot = 1),
	generation INTEGER NOT NULL,
	saved_wall_ms INTEGER NOT NULL,
	text TEXT NOT NULL,
	checksum INTEGER
) STRICT;
INSERT INTO fleet VALUES(1,1,1700000000000,replace('version: 1\nfleet: qa\ngroups: []\n...\n','\n',char(10)),-3718894612096029786);
CREATE UNIQUE INDEX intents_token ON intents (token) WHERE token <> '';
CREATE INDEX orders_intent ON orders (intent);
CREATE INDEX resources_intent ON resources (intent);
CREATE INDEX changes_wall_ms ON changes (wall_ms);
CREATE INDEX events_group ON events (group_name);
COMMIT;
