"""The tables, one file per noun."""

from mailbox.models.beside import Beside
from mailbox.models.bounce import Bounce, Suppression
from mailbox.models.bulk import Bulk
from mailbox.models.change import Change
from mailbox.models.claim import AddressClaim
from mailbox.models.collected import Collected
from mailbox.models.contact import Contact
from mailbox.models.domain import Domain, DomainKey
from mailbox.models.draft import Draft, Upload, UploadChunk
from mailbox.models.farewell import Farewell
from mailbox.models.filter import Filter
from mailbox.models.folder import Folder
from mailbox.models.host import Host
from mailbox.models.house import Hour, Limit, Ward
from mailbox.models.label import Label
from mailbox.models.mailbox import Access, Identity, Mailbox
from mailbox.models.message import Message, Raw, RawChunk
from mailbox.models.outgoing import Attempt, Outgoing, Recipient
from mailbox.models.past_search import PastSearch
from mailbox.models.picture import RemotePicture, Welcome
from mailbox.models.placement import Flag, Placement
from mailbox.models.policy import StsPolicy
from mailbox.models.probe import Probe
from mailbox.models.restraint import Destination, Posted, Site
from mailbox.models.search_entry import SearchEntry
from mailbox.models.thread import Merged, Reference, Thread, ThreadFolder

__all__ = [
    "Access", "AddressClaim", "Attempt", "Beside", "Bounce", "Bulk", "Change", "Collected", "Contact", "Destination", "Domain",
    "DomainKey", "Draft", "Farewell", "Filter", "Flag", "Folder", "Host", "Hour", "Identity", "Label", "Limit", "Mailbox",
    "Merged", "Message", "Outgoing", "PastSearch", "Placement", "Posted", "Probe", "Raw", "RawChunk", "Recipient", "Reference",
    "RemotePicture", "SearchEntry", "Site", "StsPolicy", "Suppression", "Thread", "ThreadFolder", "Upload", "UploadChunk",
    "Ward", "Welcome",
]  # fmt: skip
