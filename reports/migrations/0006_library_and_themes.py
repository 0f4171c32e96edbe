import accounts.clock
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import work.status
from django.conf import settings
from django.db import migrations, models

FTS5 = "CREATE VIRTUAL TABLE reports_librarysearch USING fts5(head, words, tokenize = 'porter unicode61 remove_diacritics 2')"


def make_search_table(apps, schema_editor):
    """SQLite's full-text table of library entries; PostgreSQL keeps vectors in the entries themselves."""
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(FTS5)


def drop_search_table(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TABLE reports_librarysearch")


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_cache_table'),
        ('peerreview', '0007_learning_is_requested'),
        ('reports', '0005_documents'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='LibraryEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.TextField()),
                ('services', models.TextField()),
                ('holders', models.TextField(help_text='Trusts and networks, as the list of results names them.')),
                ('visit_dates', models.TextField(blank=True)),
                ('year', models.PositiveIntegerField(blank=True, null=True)),
                ('extract', models.TextField(blank=True, help_text='The beginning of the first public words.')),
                ('blocks', models.JSONField(default=list, help_text='Codes of the data blocks that are public.')),
                ('is_illustrative', models.BooleanField(default=False)),
                ('head', models.TextField()),
                ('words', models.TextField()),
                ('head_vector', django.contrib.postgres.search.SearchVectorField(null=True)),
                ('vector', django.contrib.postgres.search.SearchVectorField(null=True)),
                ('indexed_at', models.DateTimeField(default=accounts.clock.now)),
                ('publication', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='entry', to='reports.publication')),
            ],
        ),
        migrations.CreateModel(
            name='LibraryFacet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('facet', models.CharField(choices=[('programme', 'Programme of care'), ('specification', 'Service specification'), ('region', 'Region'), ('provider', 'Trust or network'), ('year', 'Year of the visit'), ('category', 'Category of finding'), ('domain', 'Impact domain')], max_length=13)),
                ('code', models.CharField(max_length=60)),
                ('label', models.TextField()),
                ('entry', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='facets', to='reports.libraryentry')),
            ],
        ),
        migrations.CreateModel(
            name='NamedCard',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('named_at', models.DateTimeField(default=accounts.clock.now)),
                ('card', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='named_in', to='reports.learningcard')),
                ('finding', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='peerreview.finding')),
                ('named_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='Subscription',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('email', models.EmailField(max_length=254)),
                ('facets', models.JSONField(default=dict, help_text='Facet to codes: a report fits each facet by one of its codes. Empty: every report.')),
                ('facets_key', models.CharField(help_text='SHA-256 of the facets.', max_length=64)),
                ('token_hash', models.CharField(max_length=64, unique=True)),
                ('status', models.CharField(choices=[('WAITING', 'Waiting'), ('ACTIVE', 'Active')], default='WAITING', max_length=7)),
                ('asked_at', models.DateTimeField(default=accounts.clock.now)),
                ('asked_count', models.PositiveIntegerField(default=1)),
                ('confirmed_at', models.DateTimeField(blank=True, null=True)),
                ('told_until', models.DateTimeField(blank=True, help_text='Reports public since then are still to be named.', null=True)),
                ('mailed_date', models.DateField(blank=True, null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('email', 'facets_key'), name='subscription_once'), models.CheckConstraint(condition=models.Q(models.Q(('confirmed_at', None), ('status', 'WAITING'), ('told_until', None)), models.Q(('confirmed_at__isnull', False), ('status', 'ACTIVE'), ('told_until__isnull', False)), _connector='OR'), name='subscription_confirmed_when_active')],
            },
        ),
        migrations.CreateModel(
            name='Theme',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=150)),
                ('systemic', models.TextField(help_text='What is systemic: what no single provider can put right.')),
                ('purpose', models.CharField(choices=[('COMPLIANCE', 'Compliance review'), ('IMPROVEMENT', 'Review for learning')], help_text='The track of all its findings.', max_length=12)),
                ('status', models.CharField(choices=[('DRAFT', 'Draft'), ('OFFERED', 'Offered'), ('DECLINED', 'Declined'), ('ACCEPTED', 'Accepted by owner'), ('DONE', 'Done'), ('WITHDRAWN', 'Withdrawn')], default='DRAFT', max_length=9)),
                ('written_at', models.DateTimeField(default=accounts.clock.now)),
                ('offered_at', models.DateTimeField(blank=True, null=True)),
                ('answer_due_date', models.DateField(blank=True, null=True)),
                ('due_date', models.DateField(blank=True, help_text='By when the owner says what was done.', null=True)),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('reason', models.TextField(blank=True, help_text='Why it was declined or withdrawn.')),
                ('done', models.TextField(blank=True)),
                ('done_at', models.DateTimeField(blank=True, null=True)),
                ('version', models.PositiveIntegerField(default=1)),
                ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('owner_organisation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation')),
                ('region', models.ForeignKey(blank=True, help_text='The hub that wrote it; none for England.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation')),
                ('written_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-written_at', '-pk'],
            },
            bases=(work.status.MovesByTable, models.Model),
        ),
        migrations.AddField(
            model_name='learningcard',
            name='theme',
            field=models.ForeignKey(blank=True, help_text='The theme that it answers, where it was made for one.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='cards', to='reports.theme'),
        ),
        migrations.CreateModel(
            name='ThemeFinding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('added_at', models.DateTimeField(default=accounts.clock.now)),
                ('added_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('finding', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='peerreview.finding')),
                ('theme', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='theme_findings', to='reports.theme')),
            ],
        ),
        migrations.AddIndex(
            model_name='libraryentry',
            index=django.contrib.postgres.indexes.GinIndex(fields=['vector'], name='library_entry_vector'),
        ),
        migrations.AddIndex(
            model_name='libraryfacet',
            index=models.Index(fields=['facet', 'code'], name='library_facet_code'),
        ),
        migrations.AddConstraint(
            model_name='libraryfacet',
            constraint=models.UniqueConstraint(fields=('entry', 'facet', 'code'), name='library_facet_once'),
        ),
        migrations.AddConstraint(
            model_name='namedcard',
            constraint=models.UniqueConstraint(fields=('finding', 'card'), name='card_named_once'),
        ),
        migrations.AddConstraint(
            model_name='theme',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status__in', ['OFFERED', 'ACCEPTED', 'DONE']), _negated=True), models.Q(('answer_due_date__isnull', False), ('due_date__isnull', False), ('owner__isnull', False), ('owner_organisation__isnull', False)), _connector='OR'), name='theme_offered_to_somebody'),
        ),
        migrations.AddConstraint(
            model_name='theme',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'DONE'), _negated=True), models.Q(('done_at__isnull', False), models.Q(('done', ''), _negated=True)), _connector='OR'), name='theme_done_says_what'),
        ),
        migrations.AddConstraint(
            model_name='themefinding',
            constraint=models.UniqueConstraint(fields=('theme', 'finding'), name='theme_finding_once'),
        ),
        migrations.RunPython(make_search_table, drop_search_table),
    ]
