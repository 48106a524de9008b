import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("mailbox", "0003_mirror_columns")]

    operations = [
        migrations.AddField("outgoing", "held_with", models.BinaryField(default=b"")),
        migrations.AddField("recipient", "trouble", models.TextField(blank=True)),
        migrations.AlterField(
            "attempt",
            "phase",
            models.CharField(
                choices=[("connect", "Connect"), ("dot_sent", "Dot Sent"), ("done", "Done")], default="connect", max_length=8
            ),
        ),
        migrations.AlterField("change", "next_at", models.DateTimeField(default=django.utils.timezone.now)),
        migrations.AlterField(
            "verdict",
            "verdict",
            models.CharField(
                blank=True,
                choices=[
                    ("accepted", "Accepted"),
                    ("later", "Later"),
                    ("refused", "Refused"),
                    ("unknown", "Unknown"),
                    ("held", "Held"),
                ],
                max_length=8,
            ),
        ),
    ]
