"""The record: every table, and nothing else. Importing this package registers them all."""

from models.account_link import AccountLink
from models.assignment import COVER, SOURCES, Assignment, DailyList, ListBuild
from models.audit import PrivacyEntry
from models.base import Base
from models.budget import BudgetPlan, KeywordTurn
from models.collection import Collection, CollectionRun, FileImport
from models.export import Export
from models.extra import ExtraRequest
from models.fingerprint import Fingerprint, FingerprintBand
from models.gap import CollectionGap
from models.handover import ControlShare, Reassignment
from models.honesty import VERDICTS, AuditDraw, TouchFlag, TouchVerdict
from models.identity import AccountIdentity, KnownParty
from models.inbox import Inbox
from models.label import Label
from models.learning import TopicScorer
from models.link import Click, Link
from models.mail import OutgoingMail
from models.notice import Notice
from models.person import Account, Person
from models.proposal import PROPOSAL_VERDICTS, ProposalVerdict, TargetProposal
from models.prospect import Evidence, Prospect, WarmthVersion
from models.quarantine import QuarantinedItem
from models.quota import ENGAGED_CONTACT, Quota
from models.rep import Leave, Ramp, Rep, Team, TeamHoliday, Territory, WorkingTime
from models.reward import Contest, RewardScheme, Statement
from models.signal import ArchivedPost, Match, Signal, StoredScore
from models.source import Source
from models.spend import Spend
from models.studio import ArchiveLabel, PhrasePair, PostWords, SuggestionDecision
from models.suppression import Suppression, Tombstone, WorkspaceValue
from models.topic import Community, Keyword, Topic
from models.topic_version import TopicVersion
from models.touch import CHANNELS, DISPOSITIONS, Touch
from models.user import (
    ROLES,
    ApiToken,
    FailedSignIn,
    ManagedTeam,
    OneTimeLink,
    OutsideIdentity,
    User,
    UserSession,
)
from models.visit import Visit

__all__ = [
    "CHANNELS",
    "COVER",
    "DISPOSITIONS",
    "ENGAGED_CONTACT",
    "PROPOSAL_VERDICTS",
    "ROLES",
    "SOURCES",
    "VERDICTS",
    "Account",
    "AccountIdentity",
    "AccountLink",
    "ApiToken",
    "ArchiveLabel",
    "ArchivedPost",
    "Assignment",
    "AuditDraw",
    "Base",
    "BudgetPlan",
    "Click",
    "Collection",
    "CollectionGap",
    "CollectionRun",
    "Community",
    "Contest",
    "ControlShare",
    "DailyList",
    "Evidence",
    "Export",
    "ExtraRequest",
    "FailedSignIn",
    "FileImport",
    "Fingerprint",
    "FingerprintBand",
    "Inbox",
    "Keyword",
    "KeywordTurn",
    "KnownParty",
    "Label",
    "Leave",
    "Link",
    "ListBuild",
    "ManagedTeam",
    "Match",
    "Notice",
    "OneTimeLink",
    "OutgoingMail",
    "OutsideIdentity",
    "Person",
    "PhrasePair",
    "PostWords",
    "PrivacyEntry",
    "ProposalVerdict",
    "Prospect",
    "QuarantinedItem",
    "Quota",
    "Ramp",
    "Reassignment",
    "Rep",
    "RewardScheme",
    "Signal",
    "Source",
    "Spend",
    "Statement",
    "StoredScore",
    "SuggestionDecision",
    "Suppression",
    "TargetProposal",
    "Team",
    "TeamHoliday",
    "Territory",
    "Tombstone",
    "Topic",
    "TopicScorer",
    "TopicVersion",
    "Touch",
    "TouchFlag",
    "TouchVerdict",
    "User",
    "UserSession",
    "Visit",
    "WarmthVersion",
    "WorkingTime",
    "WorkspaceValue",
]
