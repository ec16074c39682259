-- A ledger of version 3, begun by version 2; what it holds is in v3.txt.
PRAGMA application_id = 1685221238;
PRAGMA user_version = 3;
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE meta (
	n INTEGER PRIMARY KEY,
	key TEXT NOT NULL UNIQUE,
	value TEXT NOT NULL,
	checksum INTEGER
) STRICT;
INSERT INTO meta VALUES(1,'owner','mflxxs3ipklf2z7vjhil2m4ite',6958443374993598091);
INSERT INTO meta VALUES(2,'since_wall_ms','1770000000000',-3937160516518299955);
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
, total INTEGER NOT NULL DEFAULT 0, price_micro INTEGER NOT NULL DEFAULT 0, currency TEXT NOT NULL DEFAULT '') STRICT;
INSERT INTO intents VALUES(1,'s4dz3mhuhi5x33423trueuqf7e','create','app-streaming','held','CreateAppInstanceGroup','browsers','cn-hangzhou','','browsers.abc234','','AppInstanceGroupName=browsers.abc234&ChargeType=PrePaid',2,'','','PrePaid',1,1,-81985529216486894,3,1770000000000,1770000000005,1770000000005,1,9,2,'','','','','orders of that time that the ledger does not know: 233000000000001','',0,0,-6602455159875806272,0,0,'');
INSERT INTO intents VALUES(2,'7qrwq3r2bjqounwtddtmuvbvii','grow','app-streaming','unclear','ModifyNodePoolAttribute','kiosks','','aig-1','','','NodePoolStrategy={"NodeAmount":5}',2,'','','PostPaid',1,0,-81985529216486893,3,1770000000000,1770000000005,1770000000005,1,0,0,'','','','','','',0,0,-2367286722459530898,5,0,'');
INSERT INTO intents VALUES(3,'lpcrfys3664cobpck2y4euxshm','create','purchase','done','CreateInstance','bastions','','','','drover-token-2','ProductCode=bastionhost',1,'','','PrePaid',1,0,-81985529216486892,3,1770000000000,1770000000005,1770000000005,1,0,0,'bastionhost-cn-1','','233000000000002','','','',1770000000009,0,-8506019132401992,0,0,'');
INSERT INTO intents VALUES(4,'hvanouoabc5zezw757zlcvqerq','update-image','app-streaming','recorded','UpdateAppInstanceGroupImage','kiosks','','aig-1','','','AppCenterImageId=img-1',1,'','','PostPaid',0,0,-81985529216486891,3,1770000000000,0,0,0,0,0,'','','','','','',0,0,8061038955176930620,0,0,'');
INSERT INTO intents VALUES(5,'bhzsmjl5lvsxxqxkuuxwhokwsq','create','purchase','sent','CreateInstance','bastions','','','','drover-token-5','ProductCode=bastionhost',1,'','','PrePaid',1,0,99,4,1770000000010,1770000000010,1770000000010,1,0,0,'','','','','','',0,0,-5735122619162374897,0,800500000,'CNY');
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
INSERT INTO orders VALUES(1,'233000000000002','bastions','','bastionhost-cn-1',3,1,'paid','Paid','100.00','CNY',1770000000009,0,0,1770000000099,0,0,0,2811844887291625185);
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
INSERT INTO resources VALUES(1,'','bastionhost-cn-1','bastions',3,'expected','PrePaid',1770000000009,0,0,0,0,3525313892575318069);
INSERT INTO resources VALUES(2,'','aig-1','kiosks',NULL,'seen','PostPaid',0,1770000000001,0,0,0,-6622694355600809936);
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
INSERT INTO changes VALUES(1,3,0,'bastions',1,1770000000005,4554903091436121498);
INSERT INTO changes VALUES(2,5,0,'bastions',1,1770000000010,5301892934634113195);
CREATE TABLE approvals (
	n INTEGER PRIMARY KEY,
	hash TEXT NOT NULL UNIQUE CHECK (hash <> ''),
	who TEXT NOT NULL,
	given_wall_ms INTEGER NOT NULL,
	used INTEGER NOT NULL CHECK (used IN (0, 1)),
	checksum INTEGER
, count INTEGER NOT NULL DEFAULT 0, price_micro INTEGER NOT NULL DEFAULT 0, holds TEXT NOT NULL DEFAULT '') STRICT;
INSERT INTO approvals VALUES(1,'nopqrstuvwxyz','bea',1770000000000,0,5547091135970956275,0,0,'');
INSERT INTO approvals VALUES(2,'abcdefghijklm','ann',1770000000020,1,-6179187900618323156,2,1601000000,'balance spend ');
CREATE TABLE paused (
	n INTEGER PRIMARY KEY,
	group_name TEXT NOT NULL UNIQUE,
	who TEXT NOT NULL,
	since_wall_ms INTEGER NOT NULL,
	checksum INTEGER
) STRICT;
INSERT INTO paused VALUES(1,'kiosks','bea',1770000000000,805540513148286193);
CREATE TABLE known_groups (
	n INTEGER PRIMARY KEY,
	name TEXT NOT NULL UNIQUE CHECK (name <> ''),
	kind TEXT NOT NULL,
	region TEXT NOT NULL,
	charge TEXT NOT NULL,
	protect INTEGER NOT NULL CHECK (protect IN (0, 1)),
	end_marker INTEGER NOT NULL CHECK (end_marker IN (0, 1)),
	checksum INTEGER
, fingerprint INTEGER NOT NULL DEFAULT 0) STRICT;
INSERT INTO known_groups VALUES(1,'browsers','app-streaming','cn-hangzhou','PrePaid',1,1,2030212438172989435,0);
INSERT INTO known_groups VALUES(2,'bastions','purchase','','PrePaid',0,1,4966077594586978818,-81985529216486896);
CREATE TABLE events (
	n INTEGER PRIMARY KEY,
	wall_ms INTEGER NOT NULL,
	group_name TEXT NOT NULL,
	event TEXT NOT NULL,
	detail TEXT NOT NULL,
	checksum INTEGER
) STRICT;
INSERT INTO events VALUES(1,1770000000000,'browsers','unclear_ambiguous','create 2',-2743571280555239138);
CREATE TABLE fleet (
	slot INTEGER PRIMARY KEY CHECK (slot = 1),
	generation INTEGER NOT NULL,
	saved_wall_ms INTEGER NOT NULL,
	text TEXT NOT NULL,
	checksum INTEGER
) STRICT;
INSERT INTO fleet VALUES(1,1,1770000000000,replace('version: 1\nfleet: qa\ngroups: []\n...\n','\n',char(10)),826227602932212021);
CREATE UNIQUE INDEX intents_token ON intents (token) WHERE token <> '';
CREATE INDEX orders_intent ON orders (intent);
CREATE INDEX resources_intent ON resources (intent);
CREATE INDEX changes_wall_ms ON changes (wall_ms);
CREATE INDEX events_group ON events (group_name);
COMMIT;
