-- The ledger's tables. Each "-- migration N" starts what brings version N-1 to N; a
-- released one is never edited, a new one is added at the end. user_version holds N.
--
-- Times are milliseconds since 1970 (UTC), 0 = never; states and kinds are words; a list
-- is its items, each ended by a newline. "checksum" covers the other columns of its row,
-- less those that are empty or 0 (so that a column added later with such a default keeps
-- old rows valid); NULL means "changed by hand, not checked".

-- migration 1
CREATE TABLE meta (
	n INTEGER PRIMARY KEY,
	key TEXT NOT NULL UNIQUE,
	value TEXT NOT NULL,
	checksum INTEGER
) STRICT;

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
CREATE UNIQUE INDEX intents_token ON intents (token) WHERE token <> '';

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
CREATE INDEX orders_intent ON orders (intent);

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
CREATE INDEX resources_intent ON resources (intent);

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
CREATE INDEX changes_wall_ms ON changes (wall_ms);

CREATE TABLE approvals (
	n INTEGER PRIMARY KEY,
	hash TEXT NOT NULL UNIQUE CHECK (hash <> ''),
	who TEXT NOT NULL,
	given_wall_ms INTEGER NOT NULL,
	used INTEGER NOT NULL CHECK (used IN (0, 1)),
	checksum INTEGER
) STRICT;

CREATE TABLE paused (
	n INTEGER PRIMARY KEY,
	group_name TEXT NOT NULL UNIQUE,
	who TEXT NOT NULL,
	since_wall_ms INTEGER NOT NULL,
	checksum INTEGER
) STRICT;

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

CREATE TABLE events (
	n INTEGER PRIMARY KEY,
	wall_ms INTEGER NOT NULL,
	group_name TEXT NOT NULL,
	event TEXT NOT NULL,
	detail TEXT NOT NULL,
	checksum INTEGER
) STRICT;
CREATE INDEX events_group ON events (group_name);

CREATE TABLE fleet (
	slot INTEGER PRIMARY KEY CHECK (slot = 1),
	generation INTEGER NOT NULL,
	saved_wall_ms INTEGER NOT NULL,
	text TEXT NOT NULL,
	checksum INTEGER
) STRICT;

-- migration 2
-- Calls that state an absolute number of nodes: that number.
ALTER TABLE intents ADD COLUMN total INTEGER NOT NULL DEFAULT 0;

-- migration 3
-- What a buy was known to cost when it was recorded; what a person was shown who approved; how a
-- group stood in the last accepted file that had it.
ALTER TABLE intents ADD COLUMN price_micro INTEGER NOT NULL DEFAULT 0;
ALTER TABLE intents ADD COLUMN currency TEXT NOT NULL DEFAULT '';
ALTER TABLE approvals ADD COLUMN count INTEGER NOT NULL DEFAULT 0;
ALTER TABLE approvals ADD COLUMN price_micro INTEGER NOT NULL DEFAULT 0;
ALTER TABLE approvals ADD COLUMN holds TEXT NOT NULL DEFAULT '';
ALTER TABLE known_groups ADD COLUMN fingerprint INTEGER NOT NULL DEFAULT 0;
