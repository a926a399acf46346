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
];
