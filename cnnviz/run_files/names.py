"""What the files of a run directory are called."""

CONFIG, STATUS, METRICS, SNAPSHOTS = "config.json", "status.json", "metrics.jsonl", "snapshots"
WEIGHTS, CARD, CANCEL, LOG = "weights.safetensors", "run.json", "CANCEL", "worker.log"
STEERING = "steering.json"
RESUME = "resume.safetensors"
WATCHED = "watched"
EXPERIMENTS, ASKED = "experiments", "experiment.json"  # the folder of experiments; what is asked of one
