"""Debian's Request Tracker on SQLite under its own server, with a queue, two custom fields and three people."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from portal.embedded.checks import free_port
from tests.real.serving import Real, answers, run, running, told, wanted

LIBRARY = "/usr/share/request-tracker5"
SITE = """
Set($rtname, 'rt.test');
Set($Organization, 'rt.test');
Set($CorrespondAddress, 'rt@rt.test');
Set($CommentAddress, 'rt-comment@rt.test');
Set($WebDomain, '127.0.0.1');
Set($WebPort, %(port)d);
Set($WebPath, '');
Set($DatabaseType, 'SQLite');
Set($DatabaseName, '%(data)s/rt.sqlite');
Set($Timezone, 'Asia/Kolkata');
Set($LogToSyslog, undef);
Set($LogToSTDERR, 'warning');
Set($MailCommand, 'testfile');
Set($BcryptCost, 5);
Set($MaxAttachmentSize, 60_000_000);
$RT::MasonDataDir = '%(data)s/mason';
$RT::MasonSessionDir = '%(data)s/session';
1;
"""
SEED = r"""
use strict;
use warnings;
use lib '/usr/share/request-tracker5/lib';
use RT;
RT->LoadConfig;
RT->Init;
my $system = RT->SystemUser;
my %fact;

sub must {
    my ($what, $ok, @rest) = @_;
    die "$what: @rest\n" unless $ok;
    return ($ok, @rest);
}

sub token {
    my $user = RT::CurrentUser->new;
    $user->Load(shift);
    my (undef, undef, $token) = must('token',
        RT::AuthToken->new($user)->Create(Owner => $user->Id, Description => 'sync'));
    return $token;
}

sub grant {
    my ($principal, @rights) = @_;
    must("right $_", $principal->GrantRight(Right => $_, Object => RT->System)) for @rights;
}

must('queue', RT::Queue->new($system)->Create(Name => $_)) for ('Sync', 'Else');
for my $spec (['MARK', 'Concord', 'Freeform-1'], ['SEVERITY', 'Severity', 'Select-1', qw(S1 S2 S3)],
              ['AREAS', 'Areas', 'Select-0', qw(Net Disk Mail)]) {
    my ($key, $name, $type, @values) = @$spec;
    my $field = RT::CustomField->new($system);
    must($name, $field->Create(Name => $name, TypeComposite => $type,
        LookupType => 'RT::Queue-RT::Ticket', Queue => 0));
    must("$name $_", $field->AddValue(Name => $_)) for @values;
    $fact{$key} = $field->Id;
}
my @agent = qw(SeeQueue ShowTicket ShowTicketComments CreateTicket ReplyToTicket CommentOnTicket ModifyTicket
    OwnTicket TakeTicket SeeCustomField ModifyCustomField SetInitialCustomField DeleteTicket ManageAuthTokens);
my %rights = (agent => [@agent], sync => [@agent],
    reporter => [qw(SeeQueue ShowTicket CreateTicket ReplyToTicket ManageAuthTokens)]);
for my $name (sort keys %rights) {
    my $user = RT::User->new($system);
    must($name, $user->Create(Name => $name, EmailAddress => "$name\@example.test",
        RealName => ucfirst($name) . ' Test', Password => "$name-pass-1", Privileged => 1));
    grant($user->PrincipalObj, @{$rights{$name}});
    $fact{uc $name} = token($name);
}
$fact{ROOT} = token('root');
open my $out, '>', $ARGV[0] or die "$ARGV[0]: $!";
print $out "$_=$fact{$_}\n" for sort keys %fact;
close $out or die $!;
"""


@contextmanager
def served(folder: Path) -> Iterator[Real]:
    """A fresh Request Tracker until the block ends."""
    server = f"{LIBRARY}/libexec/rt-server"
    wanted("Request Tracker", server)
    wanted("Request Tracker", "rt-setup-database-5")
    port, data = free_port(), folder / "rt"
    for name in ("conf.d", "mason", "session"):
        (data / name).mkdir(parents=True)
    (data / "RT_SiteConfig.pm").write_text(SITE % {"port": port, "data": data})
    (data / "seed.pl").write_text(SEED)
    (data / "password").write_text("root-pass-1\n")
    # an empty folder keeps the packaged settings out
    env = {"RT_SITE_CONFIG": f"{data}/RT_SiteConfig.pm", "RT_SITE_CONFIG_DIR": f"{data}/conf.d", "TZ": "Asia/Kolkata"}
    env |= {"LANG": "C.UTF-8", "TMPDIR": os.environ.get("TMPDIR", str(data))}
    first = ("--action", "init", "--force", f"--root-password-file={data}/password")
    run(data, "rt-setup-database-5", *first, env=env)
    run(data, "perl", f"{data}/seed.pl", f"{data}/facts", env=env)
    facts, url = told(data / "facts"), f"http://127.0.0.1:{port}"
    argv = (server, "--host", "127.0.0.1", "--port", str(port), "--max-workers", "2")
    ready = answers(f"{url}/REST/2.0/rt", {"Authorization": f"token {facts['ROOT']}"})
    with running(data, *argv, env=env, cwd=str(data), ready=ready):
        yield Real(url, facts, data)
