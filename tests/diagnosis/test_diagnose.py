"""What loss curves show: of real trainings that went wrong on purpose, and in every form a file may have."""

import json
import subprocess
import sys

import numpy as np
import pytest
from trainings import TRAININGS, dirty, train

import augkit
from augkit.diagnosis.curves import Curves, read_curves
from augkit.diagnosis.remedies import REMEDIES
from augkit.diagnosis.rules import RULES
from augkit.errors import AugkitError


@pytest.mark.parametrize("what", sorted(TRAININGS))
def test_of_a_real_training_is_named_what_was_done_to_it_and_nothing_else(what):
    expected, make = TRAININGS[what]
    assert {symptom.name for symptom in augkit.diagnose(make()).symptoms} == expected


def test_every_rule_is_provoked_by_some_training_and_every_symptom_has_remedies():
    provoked = {name for expected, _ in TRAININGS.values() for name in expected}
    assert provoked == set(REMEDIES)
    assert len(provoked) == len(RULES)


def test_the_epoch_is_that_in_which_it_happened():
    (symptom,) = augkit.diagnose(train(batch=dirty(40.0, at=18))).symptoms
    assert symptom.epoch == 18
    assert symptom.value >= symptom.threshold


LOSSES = [(0, 2.5, 2.6), (1, 1.5, 1.7), (2, 1.0, 1.3)]


def forms() -> dict[str, str]:
    """The same losses as programs write them."""
    plain = "epoch,train_loss,val_loss,val_acc\n" + "".join(f"{e},{t},{v},0.5\n" for e, t, v in LOSSES)
    keras = "epoch,accuracy,loss,val_accuracy,val_loss\n" + "".join(f"{e},0.1,{t},0.2,{v}\n" for e, t, v in LOSSES)
    lightning = "epoch,step,train_loss_epoch,train_loss_step,val_loss\n" + "".join(
        f"{e},{e * 9 + 3},,9.9,\n{e},{e * 9 + 8},,,{v}\n{e},{e * 9 + 8},{t},,\n" for e, t, v in LOSSES
    )
    history = json.dumps({"loss": [t for _, t, _ in LOSSES], "val_loss": [v for _, _, v in LOSSES]})
    records = json.dumps([{"epoch": e, "train_loss": t, "val_loss": v} for e, t, v in LOSSES])
    return {"plain": plain, "keras": keras, "lightning": lightning, "history": history, "records": records}


@pytest.mark.parametrize("form", sorted(forms()))
def test_the_files_of_keras_lightning_and_own_loops_are_read(form, tmp_path):
    path = tmp_path / "losses"
    path.write_text(forms()[form])
    curves = read_curves(path)
    assert np.array_equal(np.stack([curves.epochs, curves.train, curves.validation], axis=1), LOSSES)


def test_without_validation_the_training_loss_alone_is_judged(tmp_path):
    path = tmp_path / "losses.csv"
    path.write_text("loss\n" + "\n".join(f"{2 - 0.1 * epoch}" for epoch in range(12)))
    assert [symptom.name for symptom in augkit.diagnose(path).symptoms] == ["too-few-epochs"]


def test_nan_in_a_file_is_found_with_its_epoch(tmp_path):
    path = tmp_path / "losses.csv"
    path.write_text("epoch,train_loss,val_loss\n1,2.0,2.1\n2,1.8,1.9\n3,nan,nan\n")
    (symptom,) = augkit.diagnose(path).symptoms
    assert (symptom.name, symptom.epoch) == ("not-finite", 3)


@pytest.mark.parametrize(
    ("text", "message"),
    [("epoch,accuracy\n1,0.5\n", "expected a column train_loss or loss"), ("", "expected a column"), ("{", "no JSON"),
     ("train_loss\nx\n", "no number")],
)  # fmt: skip
def test_files_without_losses_are_refused(text, message, tmp_path):
    path = tmp_path / "losses.csv"
    path.write_text(text)
    with pytest.raises(AugkitError, match=message):
        augkit.diagnose(path)


@pytest.mark.parametrize(
    ("text", "message"),
    [("[" * 100_000 + "]" * 100_000, "nested too deeply"), ('{"loss": [1.5, ' + "9" * 400 + "]}", "400 digits")],
)
def test_json_that_holds_more_than_losses_can_be_is_refused_by_the_name_of_its_file(text, message, tmp_path):
    path = tmp_path / "losses.json"
    path.write_text(text)
    with pytest.raises(AugkitError, match=f"losses.json.*{message}"):
        augkit.diagnose(path)


@pytest.mark.parametrize("losses", [[0.0] * 20, [0.0, 1.0] * 10, [1e308, 1e-300] * 10, [1e300 * n for n in range(20)]])
def test_losses_that_no_ratio_can_be_made_of_are_no_trouble(losses):
    augkit.diagnose(Curves(np.arange(20.0), np.array(losses), np.array(losses[::-1])))


def test_one_epoch_says_nothing():
    assert augkit.diagnose(Curves(np.array([0.0]), np.array([2.3]))).symptoms == []


def test_the_command_prints_causes_with_commands_and_its_exit_code_tells(tmp_path):
    bad, good = tmp_path / "bad.csv", tmp_path / "good.json"
    bad.write_text("epoch,train_loss\n0,2.3\n1,nan\n2,nan\n")
    good.write_text(json.dumps({"loss": train(epochs=40).train.tolist()}))
    done = diagnose(bad)
    assert done.returncode == 1
    assert "not-finite, from epoch 1" in done.stdout
    assert "$ augkit audit SOURCE --checks invalid-values" in done.stdout
    told = json.loads(diagnose(bad, "--json").stdout, parse_constant=pytest.fail)["symptoms"][0]
    assert (told["value"], bool(told["remedies"][0]["command"])) == (None, True)
    done = diagnose(good)
    assert (done.returncode, done.stdout) == (0, "Nothing wrong seen in 40 epochs\n")
    done = diagnose(tmp_path / "absent.csv")
    assert done.returncode == 2
    assert "can't be read" in done.stderr


def diagnose(*arguments: object) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "augkit", "diagnose", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)
