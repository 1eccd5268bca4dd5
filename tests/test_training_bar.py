"""The bar of a training counts all its steps, so that the time left is that of the whole."""

from types import SimpleNamespace

import torch

from models import progress


def test_the_bar_is_over_the_whole_training_from_where_it_goes_on(monkeypatch, capsys):
    made = []

    class Bar(progress.tqdm):
        def __init__(self, *args, **options):
            super().__init__(*args, **{**options, "disable": False})
            made.append(self)

    monkeypatch.setattr(progress, "tqdm", Bar)
    done = SimpleNamespace(total=SimpleNamespace(ready=7))  # of an epoch of 5 batches
    trainer = SimpleNamespace(
        fit_loop=SimpleNamespace(epoch_loop=SimpleNamespace(batch_progress=done)),
        num_training_batches=5,
        max_epochs=3,
        current_epoch=1,
        is_global_zero=True,
        callback_metrics={"train_loss_step": 1.0},
        optimizers=[SimpleNamespace(param_groups=[{"lr": 0.1}])],
    )
    module = SimpleNamespace(train_loss=torch.ones(1))
    bar = progress.Progress()
    bar.on_train_start(trainer, module)
    for _ in range(3):
        bar.on_train_batch_end(trainer, module)
    bar.on_train_epoch_end(trainer, module)
    trainer.current_epoch = 2
    bar.on_train_epoch_start(trainer, module)
    for _ in range(5):
        bar.on_train_batch_end(trainer, module)
    assert len(made) == 1 and (made[0].n, made[0].total) == (15, 15)
    assert made[0].desc == "epoch 3 of 3: "
    bar.on_train_end(trainer, module)
    assert "epoch 2 of 3: train loss 1, rate 0.1, " in capsys.readouterr().out
