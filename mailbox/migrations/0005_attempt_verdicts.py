import django.contrib.postgres.fields
import django.utils.timezone
from django.db import migrations, models

# Talks that are under way keep what a crash must know of them: of which addressees the dot has gone, and no verdict. The others
# have said nothing yet that counts; their addressees are found by the lease. A dot counts only under the lease that it was
# announced in; what lies open without one was given back.
MOVE = """
    UPDATE mailbox_attempt AS talk SET recipients = told.recipients, verdicts = told.verdicts,
        lease_token = told.lease_token
    FROM (
        SELECT line.attempt_id, array_agg(one.id ORDER BY line.id) AS recipients,
            array_agg(line.verdict ORDER BY line.id) AS verdicts,
            (array_agg(one.lease_token) FILTER (WHERE one.state = 'leased'))[1] AS lease_token
        FROM mailbox_verdict AS line JOIN mailbox_recipient AS one ON one.id = line.recipient_id
        GROUP BY line.attempt_id
    ) AS told
    WHERE talk.id = told.attempt_id
"""
CLEAR = "DELETE FROM mailbox_attempt WHERE finished_at IS NULL AND (phase = 'connect' OR lease_token IS NULL)"
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
        migrations.DeleteModel(
            name='Verdict',
        ),
        migrations.RunSQL(CLEAR, migrations.RunSQL.noop),
        # a row grows once, right after it was written
        migrations.RunSQL("ALTER TABLE mailbox_attempt SET (fillfactor = 60)", migrations.RunSQL.noop),
    ]
