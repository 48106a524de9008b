"""The addresses of the mail."""

from django.urls import URLPattern, URLResolver, include, path

from mailbox.views import (
    addresses,
    answers,
    bulk,
    bundle,
    compose,
    contacts,
    delivery,
    filing,
    filters,
    folders,
    health,
    inbox,
    labelbook,
    labels,
    live,
    mailboxes,
    metrics,
    parting,
    parts,
    passwords,
    pictures,
    proposals,
    reading,
    refusals,
    reporting,
    rereading,
    scheduled,
    searching,
    sharing,
    shell,
    snoozing,
    suppressed,
    uploads,
)

# Lists
lists = [
    path("", inbox.inbox, name="inbox"),
    path("starred/", inbox.starred, name="starred"),
    path("f/<int:folder_id>/", inbox.folder, name="folder"),
    path("snoozed/", inbox.snoozed, name="snoozed"),
    path("drafts/", inbox.drafts, name="drafts"),
    path("places/", shell.places, name="places"),
    path("state/", shell.state, name="state"),
    path("importing/", shell.importing, name="importing"),
]

# Conversations
conversations = [
    path("t/<int:thread_id>/", reading.thread, name="thread"),
    path("l/<int:message_id>/", reading.letter, name="letter"),
    path("l/<int:message_id>/understood", refusals.understood, name="letter_understood"),
    path("l/<int:message_id>/answer", answers.answer, name="letter_answer"),
    path("l/<int:message_id>/report", reporting.report, name="letter_report"),
    path("l/<int:message_id>/split", parting.split, name="letter_split"),
    path("l/<int:message_id>/charset", rereading.read_as, name="letter_charset"),
    path("l/<int:message_id>/body", parts.body, name="letter_body"),
    path("l/<int:message_id>/source", parts.source, name="letter_source"),
    path("l/<int:message_id>/part/<str:path>", parts.part, name="letter_part"),
    path("l/<int:message_id>/files.zip", bundle.files, name="letter_files"),
    path("l/<int:message_id>/pictures", pictures.ask, name="letter_pictures"),
    path("l/<int:message_id>/unsubscribe", pictures.unsubscribe, name="letter_unsubscribe"),
    path("l/<int:message_id>/picture/<int:number>", pictures.picture, name="letter_picture"),
]

# Filing
files = [
    path("t/<int:thread_id>/archive", filing.leave, {"do": "archive"}, name="thread_archive"),
    path("t/<int:thread_id>/trash", filing.leave, {"do": "trash"}, name="thread_trash"),
    path("t/<int:thread_id>/spam", filing.leave, {"do": "spam"}, name="thread_spam"),
    path("t/<int:thread_id>/inbox", filing.leave, {"do": "inbox"}, name="thread_inbox"),
    path("t/<int:thread_id>/move", filing.move, name="thread_move"),
    path("t/<int:thread_id>/for-ever", filing.for_ever, name="thread_for_ever"),
    path("t/<int:thread_id>/read", filing.read, name="thread_read"),
    path("t/<int:thread_id>/star", filing.star, name="thread_star"),
    path("t/<int:thread_id>/label", labels.label, name="thread_label"),
    path("t/<int:thread_id>/snooze", snoozing.snooze, name="thread_snooze"),
    path("t/<int:thread_id>/wake", snoozing.wake, name="thread_wake"),
    path("t/<int:thread_id>/mute", snoozing.mute, name="thread_mute"),
    path("t/<int:thread_id>/unmute", snoozing.unmute, name="thread_unmute"),
    path("bulk/", filing.bulk, name="bulk"),
    path("bulk/<int:bulk_id>/", bulk.progress, name="bulk_progress"),
    path("bulk/label/", labels.label_chosen, name="bulk_label"),
    path("bulk/snooze/", snoozing.snooze_chosen, name="bulk_snooze"),
    path("undo/", filing.undo, name="undo"),
]

# Folders
trees = [
    path("folders/", folders.folders, name="folders"),
    path("folders/in/<int:mailbox_id>/", folders.make, name="folder_make"),
    path("folders/<int:folder_id>/rename/", folders.rename, name="folder_rename"),
    path("folders/<int:folder_id>/delete/", folders.delete, name="folder_delete"),
    path("labels/", labelbook.labels, name="labels"),
    path("labels/rename/", labelbook.rename, name="label_rename"),
    path("labels/remove/", labelbook.remove, name="label_remove"),
    path("labels/<int:bulk_id>/undo/", labelbook.undo, name="label_undo"),
]

# Filters
sieve = [
    path("settings/filters/", filters.filters, name="filters"),
    path("settings/filters/<int:filter_id>/", filters.edit, name="filter"),
    path("settings/filters/<int:filter_id>/switch/", filters.switch, name="filter_switch"),
    path("settings/filters/<int:filter_id>/earlier/", filters.earlier, name="filter_earlier"),
    path("settings/filters/<int:filter_id>/undo/", filters.take_back, name="filter_undo"),
    path("settings/filters/<int:filter_id>/remove/", filters.remove, name="filter_remove"),
    path("settings/filters/of/<int:mailbox_id>/new/", filters.new, name="filter_new"),
    path("settings/filters/of/<int:mailbox_id>/fits/", filters.fits, name="filter_fits"),
]

# The address book
known = [
    path("settings/contacts/", contacts.contacts, name="contacts"),
    path("settings/contacts/add/", contacts.add, name="contact_add"),
    path("settings/contacts/take-in/", contacts.take_in, name="contacts_take_in"),
    path("settings/contacts/contacts.vcf", contacts.download, name="contacts_file"),
    path("settings/contacts/<int:contact_id>/", contacts.contact, name="contact"),
    path("settings/contacts/<int:contact_id>/remove/", contacts.remove, name="contact_remove"),
]

# Searching
finding = [
    path("search/", searching.search, name="search"),
    path("search/count/", searching.count, name="search_count"),
    path("search/offers/", searching.suggest, name="search_offers"),
    path("search/keep/", searching.keep, name="search_keep"),
    path("search/kept/", searching.kept, name="search_kept"),
    path("search/language/", searching.language, name="search_language"),
]

# Writing
sheets = [
    path("write/", compose.write, name="write"),
    path("people/", compose.suggestions, name="people"),
    path("people/refused/", suppressed.warn, name="people_refused"),
    path("draft/<uuid:key>/", compose.draft, name="draft"),
    path("draft/<uuid:key>/save/", compose.save, name="draft_save"),
    path("draft/<uuid:key>/send/", compose.send, name="draft_send"),
    path("draft/<uuid:key>/schedule/", compose.schedule, name="draft_schedule"),
    path("draft/<uuid:key>/copy/", compose.copy, name="draft_copy"),
    path("draft/<uuid:key>/discard/", compose.discard, name="draft_discard"),
    path("draft/<uuid:key>/restore/", compose.restore, name="draft_restore"),
    path("draft/<uuid:key>/upload/", uploads.upload, name="draft_upload"),
    path("draft/<uuid:key>/picture/<int:upload_id>/", uploads.picture, name="draft_picture"),
    path("draft/<uuid:key>/upload/<int:upload_id>/remove/", uploads.remove, name="draft_upload_remove"),
]

# Where a sent letter is
sent = [
    path("scheduled/", scheduled.scheduled, name="scheduled"),
    path("outbox/<int:outgoing_id>/", delivery.outgoing, name="outgoing"),
    path("outbox/<int:outgoing_id>/undo/", delivery.undo, name="outgoing_undo"),
    path("outbox/<int:outgoing_id>/now/", scheduled.now, name="outgoing_now"),
    path("outbox/<int:outgoing_id>/reschedule/", scheduled.reschedule, name="outgoing_reschedule"),
    path("outbox/<int:outgoing_id>/retry/", delivery.retry, name="outgoing_retry"),
    path("outbox/<int:outgoing_id>/cancel/", delivery.cancel, name="outgoing_cancel"),
    path("outbox/<int:outgoing_id>/correct/", delivery.correct, name="outgoing_correct"),
]

# Mailboxes
homes = [
    path("mailboxes/", mailboxes.mailboxes, name="mailboxes"),
    path("mailboxes/proposal/", proposals.proposal, name="mailbox_proposal"),
    path("mailboxes/add/", mailboxes.add, name="mailbox_add"),
    path("mailboxes/probe/<int:probe_id>/", mailboxes.probe, name="probe"),
    path("mailboxes/probe/<int:probe_id>/keep/", mailboxes.keep, name="probe_keep"),
    path("mailboxes/refused/", suppressed.refused, name="refused"),
    path("mailboxes/refused/<int:suppression_id>/forget/", suppressed.forget, name="refused_forget"),
    path("mailboxes/<int:mailbox_id>/", mailboxes.mailbox, name="mailbox"),
    path("mailboxes/<int:mailbox_id>/password/", passwords.password, name="mailbox_password"),
    path("mailboxes/<int:mailbox_id>/pause/", mailboxes.pause, name="mailbox_pause"),
    path("mailboxes/<int:mailbox_id>/resume/", mailboxes.resume, name="mailbox_resume"),
    path("mailboxes/<int:mailbox_id>/stay/", mailboxes.stay, name="mailbox_stay"),
    path("mailboxes/<int:mailbox_id>/share/", sharing.share, name="mailbox_share"),
    path("mailboxes/<int:mailbox_id>/people/<int:access_id>/take/", sharing.unshare, name="mailbox_unshare"),
    path("mailboxes/<int:mailbox_id>/depth/", mailboxes.depth, name="mailbox_depth"),
    path("mailboxes/<int:mailbox_id>/remove/", mailboxes.remove, name="mailbox_remove"),
    path("mailboxes/<int:mailbox_id>/address/", addresses.claim, name="address_claim"),
    path("mailboxes/<int:mailbox_id>/address/<int:claim_id>/prove/", addresses.prove, name="address_prove"),
    path("mailboxes/<int:mailbox_id>/identity/<int:identity_id>/remove/", addresses.remove, name="address_remove"),
    path("mailboxes/<int:mailbox_id>/identity/<int:identity_id>/", mailboxes.identity, name="identity"),
]

# What a page hears
ears = [
    path("live/", live.live, name="live"),
]

# The operators' panel
panel = [
    path("panel/tables/", include("mailbox.admin")),
    path("panel/", include("mailbox.views.panel.urls")),
]

# Health, for machines
pulses = [
    path("health/", health.ready, name="health"),
    path("health/live/", health.live, name="health_live"),
    path("metrics", metrics.figures, name="metrics"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    *lists,
    *conversations,
    *files,
    *trees,
    *sieve,
    *known,
    *finding,
    *sheets,
    *sent,
    *homes,
    *ears,
    *panel,
    *pulses,
]
