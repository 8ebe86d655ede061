"""One side's rules on one connection, in numbered immutable versions, and what both companies signed of them."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from simple_history.models import HistoricalRecords

from governance.register.models import Company, Connection, Integration, Person
from portal.access.guard import Rule, own, protect, shared
from portal.access.models import User

#: the activity of the RACI whose accountable people hold the keys
ACTIVITY = "approve-rules"
FOUR_EYES = [
    ("production", "Where a system is in production"),
    ("always", "Always"),
    ("never", "Never"),
]


class Rulebook(models.Model):
    """What leaves and how the arriving is written, owned by one side's company alone."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="rulebooks")
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    side = models.CharField(max_length=1)
    #: counts saves, so that two people cannot overwrite each other unseen
    version = models.PositiveIntegerField(default=1)
    #: who wrote a version does not sign it: always, never, or ("production") where a system is in production
    four_eyes = models.CharField(max_length=10, choices=FOUR_EYES, default="production")
    history = HistoricalRecords()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connection", "side"], name="rulebook_once")]

    def __str__(self) -> str:
        return f"Rulebook of side {self.side.upper()}"


class RuleVersion(models.Model):
    """One version of a rulebook; the body never changes once it is live.

    At most one version is open: drafted, proposed or agreed. Editing it makes it a draft again.
    """

    class State(models.TextChoices):
        """Where a version stands."""

        DRAFT = "draft", "Draft"
        PROPOSED = "proposed", "Proposed"
        AGREED = "agreed", "Agreed"
        LIVE = "live", "Live"
        RETIRED = "retired", "Retired"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    rulebook = models.ForeignKey(Rulebook, on_delete=models.CASCADE, related_name="versions")
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    no = models.PositiveIntegerField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.DRAFT)
    #: governance.rulebook.rules.RuleSet as JSON
    body = models.JSONField(default=dict)
    sha256 = models.CharField(max_length=64)
    author = models.CharField(max_length=120)
    #: ids of the users who wrote it
    authors = ArrayField(models.BigIntegerField(), default=list)
    #: the number of the version that it rolled back to
    same_as = models.PositiveIntegerField(null=True, blank=True)
    #: why it is a draft again, or agreed and not live; "" = nothing to say
    reason = models.CharField(max_length=500, blank=True)
    saved = models.DateTimeField()
    live_from = models.DateTimeField(null=True, blank=True)
    #: number of the dictionary that was in force when it went live: what it keeps (governance.dictionary.inforce)
    dictionary = models.PositiveIntegerField(null=True, blank=True)
    history = HistoricalRecords()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rulebook", "no"], name="rule_version_no"),
            models.UniqueConstraint(
                fields=["rulebook"], condition=models.Q(state="live"), name="rule_version_one_live"
            ),
            models.UniqueConstraint(
                fields=["rulebook"],
                condition=models.Q(state__in=["draft", "proposed", "agreed"]),
                name="rule_version_one_open",
            ),
        ]

    def __str__(self) -> str:
        return f"Rulebook version {self.no}"


class Disclosure(models.Model):
    """What a side's partner may know of its live rules: names of terms and whether items are offered or accepted.

    Written when a version goes live, so that pages can show one's own rulebook beside the partner's *terms*.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="disclosures")
    side = models.CharField(max_length=1)
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    companies = ArrayField(models.BigIntegerField())
    #: number of the rulebook version that is live
    no = models.PositiveIntegerField()
    sends = ArrayField(models.CharField(max_length=40))
    takes = ArrayField(models.CharField(max_length=40))
    offers = models.BooleanField(default=False)
    accepts = models.BooleanField(default=False)
    live_from = models.DateTimeField()
    #: number of the dictionary whose words these rules keep
    dictionary = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connection", "side"], name="disclosure_once")]
        indexes = [GinIndex(fields=["companies"], name="disclosure_companies")]

    def __str__(self) -> str:
        return f"Terms of side {self.side.upper()}"


class Proposal(models.Model):
    """A version put before both companies: its terms as they were and would be, never a field or value map.

    Both may read it. `digest` pins the terms, `seal` the whole body (with a nonce that only the own company holds,
    so that nobody can guess a body and compare). A version that is proposed again gets a new proposal.
    """

    class State(models.TextChoices):
        """Where a proposal stands."""

        PROPOSED = "proposed", "Proposed"
        AGREED = "agreed", "Agreed"
        LIVE = "live", "Live"
        RETIRED = "retired", "Retired"
        REFUSED = "refused", "Refused"
        WITHDRAWN = "withdrawn", "Withdrawn"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="proposals")
    side = models.CharField(max_length=1)
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    companies = ArrayField(models.BigIntegerField())
    version = models.ForeignKey(RuleVersion, on_delete=models.SET_NULL, null=True, related_name="proposals")
    no = models.PositiveIntegerField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.PROPOSED)
    #: {"before": …, "after": …} as governance.rulebook.terms.terms_of gives them
    terms = models.JSONField(default=dict)
    digest = models.CharField(max_length=64)
    seal = models.CharField(max_length=64)
    #: users who wrote the version
    authors = ArrayField(models.BigIntegerField(), default=list)
    four_eyes = models.BooleanField(default=True)
    proposed_by = models.CharField(max_length=120)
    proposed = models.DateTimeField()
    note = models.CharField(max_length=500, blank=True)
    #: reference of a rehearsal's evidence; "" = none
    evidence = models.CharField(max_length=120, blank=True)
    #: when it is to go live once agreed (none = at once), and the end of that window
    live_at = models.DateTimeField(null=True, blank=True)
    live_until = models.DateTimeField(null=True, blank=True)
    #: what both may know of why it is not live
    reason = models.CharField(max_length=500, blank=True)
    ended = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "side"],
                condition=models.Q(state__in=["proposed", "agreed"]),
                name="proposal_one_open",
            )
        ]
        indexes = [GinIndex(fields=["companies"], name="proposal_companies")]

    def __str__(self) -> str:
        return f"Proposal of version {self.no}"

    def to_sign(self, company: int) -> str:
        """What a company signs: the whole body its own, the terms its partner's."""
        return self.seal if company == self.company_id else self.digest


class Nonce(models.Model):
    """What only the own company adds to a body before it is sealed; with it the seal can be checked for ever."""

    proposal = models.OneToOneField(Proposal, on_delete=models.CASCADE, related_name="nonce")
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    value = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"Nonce of {self.proposal_id}"


class Signature(models.Model):
    """One company's word on one proposal: yes or no, by whom, to which digest, and what was shown. Never changed."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="signatures")
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    companies = ArrayField(models.BigIntegerField())
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    agrees = models.BooleanField()
    reason = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField()
    #: the proposal's seal (own company: the whole body) or digest (partner: the terms)
    digest = models.CharField(max_length=64)
    #: the terms as they were shown
    shown = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["proposal", "company"], name="signature_one_a_company"),
            models.UniqueConstraint(fields=["proposal", "user"], name="signature_one_a_user"),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {'yes' if self.agrees else 'no'}"


class GoLive(models.Model):
    """When a worker looks at a proposal next: whether it is refused, agreed, or due to go live. No content."""

    proposal = models.OneToOneField(Proposal, on_delete=models.CASCADE, related_name="go_live")
    companies = ArrayField(models.BigIntegerField())
    at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name_plural = "go lives"

    def __str__(self) -> str:
        return f"{self.proposal_id} at {self.at}"


class Rehearsal(models.Model):
    """A version replayed over what is stored of the last days: where the work stands, and, done, its digest.

    Rules are replayed on one connection; a matrix or a dictionary on every connection of its integration that the
    company has a side of, one side after the other. Content-free, so that any worker may find what is due. Once done
    it never changes again.
    """

    class What(models.TextChoices):
        """What is replayed."""

        RULES = "rules", "Rules"
        MATRIX = "matrix", "Access matrix"
        DICTIONARY = "dictionary", "Dictionary"

    class State(models.TextChoices):
        """Where a rehearsal stands."""

        WAITING = "waiting", "Waiting"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Cancelled"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    what = models.CharField(max_length=10, choices=What.choices, default=What.RULES)
    integration = models.ForeignKey(Integration, on_delete=models.CASCADE, related_name="rehearsals")
    #: of rules alone
    connection = models.ForeignKey(
        Connection, on_delete=models.CASCADE, null=True, blank=True, related_name="rehearsals"
    )
    side = models.CharField(max_length=1, blank=True)
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    #: number and digest of the version that is replayed
    no = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    days = models.PositiveSmallIntegerField()
    since = models.DateTimeField()
    until = models.DateTimeField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.WAITING)
    asked_by = models.CharField(max_length=120)
    #: items replayed, of how many; the place (connection and side) at work, and the id of its last item
    done = models.IntegerField(default=0)
    total = models.IntegerField(default=0)
    place = models.BigIntegerField(default=0)
    cursor = models.BigIntegerField(default=0)
    #: who holds it: a worker whose fence is older writes nothing more
    fence = models.BigIntegerField(default=0)
    lease_until = models.DateTimeField()
    #: seconds of work so far
    seconds = models.FloatField(default=0.0)
    ended = models.DateTimeField(null=True, blank=True)
    sentence = models.CharField(max_length=300, blank=True)
    #: SHA-256 of the evidence (governance.rulebook.evidence.evidence_digest); "" until done
    digest = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "side"],
                condition=models.Q(state__in=["waiting", "running"]),
                name="rehearsal_one_at_work",
            ),
            models.UniqueConstraint(
                fields=["integration", "company", "what"],
                condition=models.Q(state__in=["waiting", "running"], connection=None),
                name="rehearsal_one_of_paper",
            ),
            models.CheckConstraint(
                condition=models.Q(what="rules", connection__isnull=False)
                | (~models.Q(what="rules") & models.Q(connection__isnull=True)),
                name="rehearsal_place",
            ),
        ]
        indexes = [
            models.Index(fields=["connection", "side", "-until"], name="rehearsal_of_side"),
            models.Index(fields=["integration", "company", "what", "-until"], name="rehearsal_of_paper"),
            models.Index(
                fields=["lease_until"], condition=models.Q(state__in=["waiting", "running"]), name="rehearsal_at_work"
            ),
        ]

    def __str__(self) -> str:
        return f"Rehearsal of version {self.no}"

    @property
    def percent(self) -> int:
        """How much is done."""
        return min(100, self.done * 100 // self.total) if self.total else 0

    @property
    def rate(self) -> int:
        """Items a second."""
        return round(self.done / self.seconds) if self.seconds else 0


class Evidence(models.Model):
    """What a rehearsal found so far: the candidate, counts and details, for the own company alone."""

    rehearsal = models.OneToOneField(Rehearsal, on_delete=models.CASCADE, primary_key=True, related_name="evidence")
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    #: the rules; of a matrix {"cells": …}, of a dictionary {"terms": …} (governance.rehearsals.candidates)
    rules = models.JSONField()
    #: governance.rulebook.evidence says what is in these
    counts = models.JSONField(default=dict)
    details = models.JSONField(default=dict)
    nonce = models.CharField(max_length=64)

    class Meta:
        verbose_name_plural = "evidence"

    def __str__(self) -> str:
        return f"Evidence of rehearsal {self.rehearsal_id}"


protect(Rulebook, Rule(rows=own()))
protect(RuleVersion, Rule(rows=own()))
protect(Disclosure, Rule(rows=shared()))
protect(Proposal, Rule(rows=shared()))
protect(Nonce, Rule(rows=own()))
protect(Signature, Rule(rows=shared()))
protect(GoLive, Rule(rows=shared()))
protect(Rehearsal, Rule(rows=own()))
protect(Evidence, Rule(rows=own()))
