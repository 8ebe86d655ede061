"""Debian's Redmine on SQLite under Puma, with a project, two custom fields and three people."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from portal.embedded.checks import free_port
from tests.real.serving import Real, answers, run, running, told, wanted

HOME = "/usr/share/redmine"
INSTANCES = Path("/var/lib/redmine")
SEED = """
Redmine::DefaultData::Loader.load('en')
{'rest_api_enabled' => '1', 'default_language' => 'en', 'attachment_max_size' => '40960',
 'text_formatting' => 'textile'}.each {|k, v| Setting[k] = v}
admin = User.find_by_login('admin')
admin.update!(must_change_passwd: false, language: 'en')
project = Project.create!(name: 'Sync', identifier: 'sync', is_public: false,
                          enabled_module_names: ['issue_tracking'], trackers: Tracker.all.to_a)
Project.create!(name: 'Else', identifier: 'else', is_public: false,
                enabled_module_names: ['issue_tracking'], trackers: Tracker.all.to_a)
all = {is_for_all: true, is_filter: true, trackers: Tracker.all.to_a}
mark = IssueCustomField.create!(name: 'Concord', field_format: 'string', **all)
severity = IssueCustomField.create!(name: 'Severity', field_format: 'list', possible_values: %w[S1 S2 S3], **all)
areas = IssueCustomField.create!(name: 'Areas', field_format: 'list', multiple: true,
                                 possible_values: %w[Net Disk Mail], **all)
facts = {ADMIN: admin.api_key, SEVERITY: severity.id, AREAS: areas.id, MARK: mark.id}
Role.find_by!(name: 'Developer').add_permission!(:edit_own_issue_notes, :delete_issues)
{'agent' => 'Developer', 'sync' => 'Developer', 'reporter' => 'Reporter'}.each do |login, role|
  user = User.new(firstname: login.capitalize, lastname: 'Test', mail: "#{login}@example.test", language: 'en')
  user.login = login
  user.password = user.password_confirmation = "#{login}-pass-1"
  user.save!
  Member.create!(project: project, principal: user, roles: [Role.find_by!(name: role)])
  facts[login.upcase] = user.api_key
end
File.write(ARGV[0], facts.map {|k, v| "#{k}=#{v}\\n"}.join)
"""


@contextmanager
def served(folder: Path) -> Iterator[Real]:
    """A fresh Redmine until the block ends."""
    wanted("Redmine", f"{HOME}/config.ru")
    wanted("Redmine", "puma")
    port = free_port()
    link, data = INSTANCES / f"concord{port}", folder / "redmine"
    for name in ("config", "files", "tmp", "log", "public/plugin_assets"):
        (data / name).mkdir(parents=True)
    (data / "config/database.yml").write_text(
        f"production:\n  adapter: sqlite3\n  database: {data}/redmine.sqlite3\n  encoding: utf8\n  timeout: 20000\n"
    )
    (data / "config/configuration.yml").write_text("default:\n  email_delivery:\n    delivery_method: :test\n")
    (data / "config/secret_key.txt").write_text(secrets.token_hex(32))
    (data / "seed.rb").write_text(SEED)
    env = {
        "REDMINE_INSTANCE": link.name,
        "RAILS_ENV": "production",
        "SCHEMA": os.devnull,
        "REDMINE_LANG": "en",
        "TZ": "Asia/Kolkata",
    }
    link.symlink_to(data)
    try:
        run(data, "bundle", "exec", "rake", "db:migrate", env=env, cwd=HOME)
        run(data, "bundle", "exec", "rails", "runner", f"{data}/seed.rb", f"{data}/facts", env=env, cwd=HOME)
        facts, url = told(data / "facts"), f"http://127.0.0.1:{port}"
        # one thread: SQLite under more of them answers "database is locked"
        argv = ("puma", "-e", "production", "-b", f"tcp://127.0.0.1:{port}", "-t", "1:1", "-w", "0", "config.ru")
        ready = answers(f"{url}/users/current.json", {"X-Redmine-API-Key": facts["ADMIN"]})
        with running(data, *argv, env=env, cwd=HOME, ready=ready):
            yield Real(url, facts, data)
    finally:
        link.unlink()
