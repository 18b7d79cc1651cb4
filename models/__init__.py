"""The record: every table, and nothing else. Importing this package registers them all."""

from models.assignment import Assignment, DailyList
from models.base import Base
from models.collection import Collection, CollectionRun, FileImport
from models.label import Label
from models.learning import TopicScorer
from models.person import Account, Person
from models.prospect import Evidence, Prospect
from models.quota import Quota
from models.rep import Rep, Team, Territory
from models.signal import ArchivedPost, Match, Signal, StoredScore
from models.suppression import Suppression, Tombstone, WorkspaceValue
from models.topic import Community, Keyword, Topic
from models.touch import CHANNELS, DISPOSITIONS, Touch

__all__ = [
    "CHANNELS",
    "DISPOSITIONS",
    "Account",
    "ArchivedPost",
    "Assignment",
    "Base",
    "Collection",
    "CollectionRun",
    "Community",
    "DailyList",
    "Evidence",
    "FileImport",
    "Keyword",
    "Label",
    "Match",
    "Person",
    "Prospect",
    "Quota",
    "Rep",
    "Signal",
    "StoredScore",
    "Suppression",
    "Team",
    "Territory",
    "Tombstone",
    "Topic",
    "TopicScorer",
    "Touch",
    "WorkspaceValue",
]
