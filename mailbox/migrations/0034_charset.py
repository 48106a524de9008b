from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("mailbox", "0033_lighter_queue")]

    operations = [
        migrations.AddField("message", "charset", models.CharField(blank=True, db_default="", default="", max_length=20)),
    ]
