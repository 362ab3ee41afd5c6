"""What a backtest replays: a history alone, or the decided cases of the organisation in it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("detection_rules", "0003_backtest_run")]

    operations = [
        migrations.AddField(
            model_name="backtestrun",
            name="kind",
            field=models.CharField(
                choices=[("history", "backtest"), ("cases", "replay of decided cases")],
                default="history",
                max_length=7,
            ),
        ),
    ]
