"""Python that sends a run to somebody's tracker, as it stands: Weights & Biases, Trackio, MLflow."""

from __future__ import annotations

WANDB = """import wandb

from cnnviz import runs
from cnnviz.records import Epoch, Step

run = runs.get({run_id!r})
with wandb.init(project="cnnviz", name=run.id, config=run.config.to_json()) as sent:
    for event in run.events():
        if isinstance(event, Step):
            sent.log({{"train/loss": event.loss, "train/accuracy": event.accuracy, "lr": event.lr, "step": event.step}})
        elif isinstance(event, Epoch):
            sent.log({{"test/loss": event.test_loss, "test/accuracy": event.test_accuracy, "step": event.step}})
"""
TRACKIO = """import trackio

from cnnviz import runs
from cnnviz.records import Epoch, Step

run = runs.get({run_id!r})
sent = trackio.init(project="cnnviz", name=run.id, config=run.config.to_json())
for event in run.events():
    if isinstance(event, Step):
        sent.log({{"train/loss": event.loss, "train/accuracy": event.accuracy, "lr": event.lr}}, step=event.step)
    elif isinstance(event, Epoch):
        sent.log({{"test/loss": event.test_loss, "test/accuracy": event.test_accuracy}}, step=event.step)
sent.finish()
"""
MLFLOW = """import mlflow

from cnnviz import runs
from cnnviz.records import Epoch, Step

run = runs.get({run_id!r})
mlflow.set_experiment("cnnviz")
with mlflow.start_run(run_name=run.id):
    mlflow.log_params(run.config.to_json())
    for event in run.events():
        if isinstance(event, Step):
            mlflow.log_metrics({{"train/loss": event.loss, "train/accuracy": event.accuracy}}, step=event.step)
        elif isinstance(event, Epoch):
            mlflow.log_metrics({{"test/loss": event.test_loss, "test/accuracy": event.test_accuracy}}, step=event.step)
"""


def wandb(run_id: str) -> str:
    """For Weights & Biases."""
    return WANDB.format(run_id=run_id)


def trackio(run_id: str) -> str:
    """For Trackio, which keeps runs on one's own computer or on Hugging Face's."""
    return TRACKIO.format(run_id=run_id)


def mlflow(run_id: str) -> str:
    """For MLflow."""
    return MLFLOW.format(run_id=run_id)


ALL = {"Weights & Biases": wandb, "Trackio": trackio, "MLflow": mlflow}
