-- The three logins of Concord and its database, for PostgreSQL 15 or newer. Run once, by a superuser:
--   psql -d postgres -f docs/roles.sql
-- and give each login its password with psql's \password, which never shows it to the server's log.
-- None of them is a superuser or may bypass row-level security; web and worker own nothing.

CREATE ROLE concord_owner LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB;
CREATE ROLE concord_web LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB;
CREATE ROLE concord_worker LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB;
GRANT concord_web, concord_worker TO concord_owner;

-- pg_dump stops at row-level security unless its login may bypass it. This one reads and does nothing else.
CREATE ROLE concord_backup LOGIN NOSUPERUSER BYPASSRLS NOCREATEROLE NOCREATEDB;
GRANT pg_read_all_data TO concord_backup;

CREATE DATABASE concord OWNER concord_owner TEMPLATE template0 ENCODING 'UTF8';
REVOKE ALL ON DATABASE concord FROM PUBLIC;
GRANT CONNECT ON DATABASE concord TO concord_web, concord_worker, concord_backup;

-- A page that takes longer than this is a fault; a forgotten transaction must not hold back vacuum.
ALTER ROLE concord_web SET statement_timeout = '30s';
ALTER ROLE concord_web SET idle_in_transaction_session_timeout = '60s';
ALTER ROLE concord_worker SET idle_in_transaction_session_timeout = '60s';
