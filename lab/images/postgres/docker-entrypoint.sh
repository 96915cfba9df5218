#!/bin/bash
# The contract of the official PostgreSQL image, as far as its documentation states it.
set -Eeo pipefail

fail() {
  printf >&2 'Error: %s\n' "$1"
  exit 1
}

# VAR or VAR_FILE (a secret mounted as a file), else a default.
from_environment() {
  local name=$1 default=${2-} file_name=${1}_FILE
  if [ -n "${!name-}" ] && [ -n "${!file_name-}" ]; then fail "both $name and $file_name are set (but are exclusive)"; fi
  if [ -n "${!file_name-}" ]; then
    [ -r "${!file_name}" ] || fail "$file_name names ${!file_name}, which cannot be read"
    export "$name=$(<"${!file_name}")"
  elif [ -z "${!name-}" ]; then
    export "$name=$default"
  fi
  unset "$file_name"
}

run_sql() {
  psql -v ON_ERROR_STOP=1 --no-password --no-psqlrc --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" "$@"
}

run_init_files() {
  local file
  for file; do
    case $file in
      *.sh)
        if [ -x "$file" ]; then echo "$0: running $file"; "$file"; else echo "$0: sourcing $file"; . "$file"; fi ;;
      *.sql) echo "$0: running $file"; run_sql -f "$file" ;;
      *.sql.gz) echo "$0: running $file"; gunzip -c "$file" | run_sql ;;
      *.sql.xz) echo "$0: running $file"; xzcat "$file" | run_sql ;;
      *) echo "$0: ignoring $file" ;;
    esac
    echo
  done
}

init_database() {
  from_environment POSTGRES_PASSWORD
  from_environment POSTGRES_USER postgres
  from_environment POSTGRES_DB "$POSTGRES_USER"
  from_environment POSTGRES_INITDB_ARGS
  : "${POSTGRES_HOST_AUTH_METHOD:=}"
  if [ -z "$POSTGRES_PASSWORD" ] && [ "$POSTGRES_HOST_AUTH_METHOD" != trust ]; then
    fail "Database is uninitialized and superuser password is not specified. You must specify POSTGRES_PASSWORD (or POSTGRES_PASSWORD_FILE) to a non-empty value for the superuser."
  fi

  eval "initdb --username=\"\$POSTGRES_USER\" --pwfile=<(printf '%s\n' \"\$POSTGRES_PASSWORD\") --set=listen_addresses='*' --set=unix_socket_directories=/var/run/postgresql $POSTGRES_INITDB_ARGS --pgdata=\"\$PGDATA\""
  local method=${POSTGRES_HOST_AUTH_METHOD:-$(postgres -C password_encryption -D "$PGDATA")}
  printf '\nhost all all all %s\n' "$method" >>"$PGDATA/pg_hba.conf"

  # Only the socket is open while the scripts run, so nothing connects to a half made database.
  export PGPASSWORD=$POSTGRES_PASSWORD PGHOST=/var/run/postgresql
  pg_ctl -D "$PGDATA" -o "-c listen_addresses='' -p 5432" -w start
  if [ "$POSTGRES_DB" != postgres ]; then
    POSTGRES_DB=postgres run_sql --set db="$POSTGRES_DB" <<<'CREATE DATABASE :"db";'
  fi
  run_init_files /docker-entrypoint-initdb.d/*
  pg_ctl -D "$PGDATA" -m fast -w stop
  unset PGPASSWORD PGHOST
  printf '\nPostgreSQL init process complete; ready for start up.\n\n'
}

case ${1-} in -*) set -- postgres "$@" ;; esac
if [ "${1-}" = postgres ]; then
  if [ "$(id -u)" = 0 ]; then
    install -d -o postgres -g postgres -m 0700 "$PGDATA"
    find "$PGDATA" \! -user postgres -exec chown postgres '{}' +
    find /var/run/postgresql \! -user postgres -exec chown postgres '{}' +
    exec setpriv --reuid=postgres --regid=postgres --init-groups "$0" "$@"
  fi
  mkdir -p "$PGDATA" && chmod 0700 "$PGDATA"
  if [ ! -s "$PGDATA/PG_VERSION" ]; then
    for old in /var/lib/postgresql /var/lib/postgresql/data; do
      if [ -s "$old/PG_VERSION" ] || { [ "$old" != /var/lib/postgresql ] && mountpoint -q "$old"; }; then
        fail "in 18+, these Docker images keep the data below /var/lib/postgresql (a directory for each major version); there is a database or a mount at $old. Mount the volume at /var/lib/postgresql."
      fi
    done
    shopt -s nullglob
    init_database
  else
    printf '\nPostgreSQL Database directory appears to contain a database; Skipping initialization\n\n'
  fi
fi
exec "$@"
