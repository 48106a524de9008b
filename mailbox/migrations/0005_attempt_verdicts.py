import django.contrib.postgres.fields
import django.utils.timezone
from django.db import migrations, models

# Talks that are under way keep what a crash must know of them: of which addressees the dot has gone, and no verdict. The others
# have said nothing yet that counts; their addressees are found by the lease.
MOVE = """
    UPDATE mailbox_attempt AS talk SET recipients = told.recipients, verdicts = told.verdicts
    FROM (
        SELECT attempt_id, array_agg(recipient_id ORDER BY id) AS recipients, array_agg(verdict ORDER BY id) AS verdicts
        FROM mailbox_verdict GROUP BY attempt_id
    ) AS told
    WHERE talk.id = told.attempt_id
"""
# A dot counts only under the lease that it was announced in; what an older lease left behind says nothing.
OWN = """
    UPDATE mailbox_attempt AS talk SET lease_token = one.lease_token
    FROM mailbox_recipient AS one
    WHERE talk.phase = 'dot_sent' AND talk.finished_at IS NULL AND one.state = 'leased' AND one.id = ANY(talk.recipients)
        AND one.outgoing_id = talk.outgoing_id
"""
CLEAR = "DELETE FROM mailbox_attempt WHERE phase = 'connect' AND finished_at IS NULL"
VERDICTS = [
    ('', 'None'), ('accepted', 'Accepted'), ('later', 'Later'), ('refused', 'Refused'), ('unknown', 'Unknown'), ('held', 'Held'),
]


class Migration(migrations.Migration):

    dependencies = [
        ('mailbox', '0004_bulk_filter'),
    ]

    operations = [
        migrations.RemoveField(
            model_name='attempt',
            name='recipients',
        ),
        migrations.AddField(
            model_name='attempt',
            name='recipients',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None),
        ),
        migrations.AddField(
            model_name='attempt',
            name='verdicts',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=VERDICTS, max_length=8), default=list, size=None),
        ),
        migrations.AlterField(
            model_name='attempt',
            name='started_at',
            field=models.DateTimeField(default=django.utils.timezone.now),
        ),
        migrations.AddField(
            model_name='attempt',
            name='lease_token',
            field=models.UUIDField(null=True),
        ),
        migrations.RunSQL(MOVE, migrations.RunSQL.noop),
        migrations.RunSQL(OWN, migrations.RunSQL.noop),
        migrations.DeleteModel(
            name='Verdict',
        ),
        migrations.RunSQL(CLEAR, migrations.RunSQL.noop),
        # a row grows once, right after it was written
        migrations.RunSQL("ALTER TABLE mailbox_attempt SET (fillfactor = 60)", migrations.RunSQL.noop),
    ]
