from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("mailbox", "0029_full")]

    operations = [migrations.AddField("upload", "inline", models.BooleanField(default=False))]
