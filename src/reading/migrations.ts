/** The tables of the reading room, as steps from one version to the next. A step that was released is never changed. */
export const migrations: readonly string[] = [
  `
  CREATE TABLE users (
    name TEXT PRIMARY KEY COLLATE NOCASE, role TEXT NOT NULL, password TEXT NOT NULL,
    active INTEGER NOT NULL DEFAULT 1, created TEXT NOT NULL, last_login TEXT
  ) STRICT;
  CREATE TABLE sessions (
    id TEXT PRIMARY KEY, user TEXT NOT NULL, csrf TEXT NOT NULL,
    created INTEGER NOT NULL, seen INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE login_failures (what TEXT NOT NULL, time INTEGER NOT NULL) STRICT;
  CREATE INDEX login_failures_what ON login_failures (what, time);
  CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT, time TEXT NOT NULL, user TEXT NOT NULL, address TEXT NOT NULL,
    action TEXT NOT NULL, subject TEXT NOT NULL, details TEXT NOT NULL
  ) STRICT;

  CREATE TABLE assignments (case_id TEXT NOT NULL, reader TEXT NOT NULL, PRIMARY KEY (case_id, reader)) STRICT;
  CREATE TABLE progress (
    case_id TEXT NOT NULL, reader TEXT NOT NULL, state TEXT NOT NULL, comment TEXT NOT NULL, changed TEXT NOT NULL,
    PRIMARY KEY (case_id, reader)
  ) STRICT;
  CREATE TABLE agreements (
    case_id TEXT PRIMARY KEY, method TEXT NOT NULL, readers TEXT NOT NULL, made_by TEXT NOT NULL, made TEXT NOT NULL
  ) STRICT;
  CREATE TABLE rounds (
    number INTEGER PRIMARY KEY, made TEXT NOT NULL, made_by TEXT NOT NULL, comment TEXT NOT NULL, masks TEXT NOT NULL
  ) STRICT;

  CREATE TABLE masks (
    case_id TEXT NOT NULL, reader TEXT NOT NULL, version INTEGER NOT NULL, folded INTEGER NOT NULL,
    stamp TEXT, hash TEXT, pending TEXT,
    PRIMARY KEY (case_id, reader)
  ) STRICT;
  CREATE TABLE drawing_sessions (
    token TEXT PRIMARY KEY, case_id TEXT NOT NULL, reader TEXT NOT NULL, user TEXT NOT NULL,
    opened TEXT NOT NULL, seen INTEGER NOT NULL, closed INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE INDEX drawing_sessions_case ON drawing_sessions (case_id, closed);
  CREATE TABLE strokes (
    case_id TEXT NOT NULL, reader TEXT NOT NULL, version INTEGER NOT NULL,
    token TEXT NOT NULL, sequence INTEGER NOT NULL, user TEXT NOT NULL, time TEXT NOT NULL, tool TEXT NOT NULL,
    changes BLOB NOT NULL,
    PRIMARY KEY (case_id, reader, version), UNIQUE (token, sequence)
  ) STRICT;

  CREATE TABLE jobs (
    id TEXT PRIMARY KEY, number INTEGER NOT NULL, request TEXT NOT NULL, state TEXT NOT NULL,
    progress REAL NOT NULL, doing TEXT NOT NULL, attempts INTEGER NOT NULL, pid INTEGER, lease INTEGER,
    made_by TEXT NOT NULL, created TEXT NOT NULL, started TEXT, ended TEXT, error TEXT
  ) STRICT;
  CREATE INDEX jobs_state ON jobs (state, number);
  `,
  `
  CREATE TABLE tasks (
    id TEXT PRIMARY KEY, job TEXT NOT NULL, number INTEGER NOT NULL, part TEXT NOT NULL, request TEXT NOT NULL,
    state TEXT NOT NULL, turn INTEGER NOT NULL DEFAULT 1, progress REAL NOT NULL DEFAULT 0,
    doing TEXT NOT NULL DEFAULT '', attempts INTEGER NOT NULL DEFAULT 0, losses INTEGER NOT NULL DEFAULT 0,
    pid INTEGER, error TEXT
  ) STRICT;
  CREATE INDEX tasks_job ON tasks (job, number);
  `,
  `
  CREATE TABLE scores (
    case_id TEXT NOT NULL, reader TEXT NOT NULL, template TEXT NOT NULL, reading TEXT NOT NULL,
    version INTEGER NOT NULL, sheet TEXT NOT NULL, done INTEGER NOT NULL, changed TEXT NOT NULL,
    PRIMARY KEY (case_id, reader, template, reading)
  ) STRICT;
  CREATE TABLE reader_studies (
    id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE COLLATE NOCASE, protocol TEXT NOT NULL, state TEXT NOT NULL,
    made TEXT NOT NULL, made_by TEXT NOT NULL, locked TEXT
  ) STRICT;
  CREATE TABLE readings (
    id TEXT PRIMARY KEY, study TEXT NOT NULL REFERENCES reader_studies (id), reader TEXT NOT NULL, case_id TEXT NOT NULL,
    arm TEXT NOT NULL, part INTEGER NOT NULL, position INTEGER NOT NULL,
    state TEXT NOT NULL DEFAULT 'waiting', begun INTEGER, finished INTEGER, answer TEXT,
    ms INTEGER NOT NULL DEFAULT 0, page_ms INTEGER NOT NULL DEFAULT 0, pauses INTEGER NOT NULL DEFAULT 0,
    hides INTEGER NOT NULL DEFAULT 0, strays INTEGER NOT NULL DEFAULT 0, silences INTEGER NOT NULL DEFAULT 0,
    UNIQUE (study, reader, position), UNIQUE (study, reader, case_id, arm)
  ) STRICT;
  CREATE INDEX readings_reader ON readings (reader, study);
  CREATE TABLE reader_study_clock (time INTEGER NOT NULL) STRICT;
  `,
];
