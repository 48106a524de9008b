import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


GUARD = """
    CREATE FUNCTION accounts_audit_stays() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'What happened is neither changed nor forgotten.'; END $$;
    CREATE TRIGGER audit_stays BEFORE UPDATE OR DELETE ON accounts_auditevent
    FOR EACH ROW EXECUTE FUNCTION accounts_audit_stays();
"""
UNGUARD = "DROP TRIGGER audit_stays ON accounts_auditevent; DROP FUNCTION accounts_audit_stays();"


class Migration(migrations.Migration):
    # a house that was set up by these earlier steps stands where this one leads
    replaces = [
        ('accounts', '0001_initial'),
        ('accounts', '0002_one_time_links'),
        ('accounts', '0003_sending_habits'),
        ('accounts', '0004_duties_and_audit'),
        ('accounts', '0005_pace'),
        ('accounts', '0006_conversations'),
    ]

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('email', models.EmailField(max_length=254, unique=True, verbose_name='Email address')),
                ('name', models.CharField(blank=True, max_length=150, verbose_name='Name')),
                ('language', models.CharField(blank=True, max_length=10, verbose_name='Language')),
                ('time_zone', models.CharField(blank=True, max_length=64, verbose_name='Time zone')),
                ('theme', models.CharField(choices=[('auto', 'Follow the system'), ('light', 'Light'), ('dark', 'Dark')], default='auto', max_length=5, verbose_name='Theme')),
                ('density', models.CharField(choices=[('comfortable', 'Comfortable'), ('compact', 'Compact')], default='comfortable', max_length=11, verbose_name='Density')),
                ('text_size', models.CharField(choices=[('small', 'Small'), ('medium', 'Medium'), ('large', 'Large')], default='medium', max_length=6, verbose_name='Text size')),
                ('reading_pane', models.BooleanField(default=True, verbose_name='Reading pane')),
                ('conversations', models.BooleanField(db_default=True, default=True, verbose_name='Conversations')),
                ('keys', models.BooleanField(default=True, verbose_name='Single-key shortcuts')),
                ('undo_seconds', models.PositiveSmallIntegerField(choices=[(0, 'None: it leaves at once'), (5, '5 seconds'), (10, '10 seconds'), (20, '20 seconds'), (30, '30 seconds')], default=10, verbose_name='Time to take a letter back')),
                ('most_per_hour', models.PositiveIntegerField(null=True)),
                ('most_per_day', models.PositiveIntegerField(null=True)),
                ('duty', models.CharField(blank=True, choices=[('', 'None'), ('helper', 'Helper'), ('keeper', 'Domain keeper'), ('operator', 'Operator')], default='', max_length=8, verbose_name='Duty')),
                ('is_staff', models.BooleanField(default=False)),
                ('is_active', models.BooleanField(default=True)),
                ('date_joined', models.DateTimeField(auto_now_add=True)),
                ('password_at', models.DateTimeField(null=True)),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
            ],
        ),
        migrations.CreateModel(
            name='AuditEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
                ('kind', models.CharField(max_length=40)),
                ('good', models.BooleanField(default=True)),
                ('actor_id', models.BigIntegerField(null=True)),
                ('actor', models.CharField(blank=True, max_length=254)),
                ('about', models.CharField(blank=True, max_length=254)),
                ('mailbox_id', models.BigIntegerField(null=True)),
                ('domain', models.CharField(blank=True, max_length=253)),
                ('address', models.GenericIPAddressField(null=True)),
                ('facts', models.JSONField(default=dict)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('mailbox_id__isnull', False)), fields=['mailbox_id', '-id'], name='audit_of_mailbox'), models.Index(fields=['domain', '-id'], name='audit_of_domain')],
            },
        ),
        migrations.CreateModel(
            name='OneTimeLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('purpose', models.CharField(choices=[('reset', 'Reset'), ('invite', 'Invite')], max_length=6)),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('expires_at', models.DateTimeField()),
                ('used_at', models.DateTimeField(null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='links', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Pace',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('action', models.CharField(max_length=20)),
                ('minute', models.PositiveIntegerField()),
                ('number', models.PositiveIntegerField()),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.UniqueConstraint(django.db.models.functions.text.Lower('email'), name='one_person_per_address'),
        ),
        migrations.AddConstraint(
            model_name='pace',
            constraint=models.UniqueConstraint(fields=('user', 'action'), name='one_pace_per_action'),
        ),
        migrations.RunSQL(GUARD, UNGUARD),
    ]
