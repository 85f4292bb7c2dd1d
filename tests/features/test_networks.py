"""Features from networks, by the real libraries."""

import pickle
from pathlib import Path

import numpy as np
import pytest
from pictures import picture

from augkit.errors import AugkitError
from augkit.features.function import as_features
from augkit.features.network import pool

PICTURES = [picture((30, 40, 3), seed=seed) for seed in range(7)]


@pytest.fixture(scope="module")
def torch():
    return pytest.importorskip("torch", reason="torch is not installed")


@pytest.fixture
def network(torch):
    torch.manual_seed(0)
    layers = [torch.nn.Conv2d(3, 4, 3, stride=2), torch.nn.BatchNorm2d(4), torch.nn.ReLU(), torch.nn.Dropout(0.5)]
    return torch.nn.Sequential(*layers)


@pytest.fixture
def onnx_file(tmp_path):
    """A convolution of 1 x 1 and its mean over the picture, as an ONNX file; batch may be fixed."""
    onnx = pytest.importorskip("onnx", reason="onnx is not installed")
    pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")
    helper, tensor = onnx.helper, onnx.TensorProto

    def make(batch: int | str = "N", size: int | str = 16, colors: int = 3) -> Path:
        weights = np.arange(2 * colors, dtype=np.float32).reshape(2, colors, 1, 1)
        nodes = [
            helper.make_node("Conv", ["pictures", "weights"], ["maps"]),
            helper.make_node("ReduceMean", ["maps", "axes"], ["means"], keepdims=0),
        ]
        graph = helper.make_graph(
            nodes, "net",
            [helper.make_tensor_value_info("pictures", tensor.FLOAT, [batch, colors, size, size])],
            [helper.make_tensor_value_info("means", tensor.FLOAT, [batch, 2]),
             helper.make_tensor_value_info("maps", tensor.FLOAT, [batch, 2, size, size])],
            [onnx.numpy_helper.from_array(weights, "weights"),
             onnx.numpy_helper.from_array(np.array([2, 3], np.int64), "axes")],
        )  # fmt: skip
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
        path = tmp_path / f"net-{batch}-{size}-{colors}.onnx"
        path.write_bytes(model.SerializeToString())
        return path

    return make


@pytest.mark.parametrize("batch", ["N", 1, 4])
@pytest.mark.parametrize("size", [16, "S"])
def test_an_onnx_network_is_run_at_the_size_it_says(onnx_file, batch, size):
    features = as_features(str(onnx_file(batch, size)))
    features.set_params(mean=(0, 0, 0), std=(1, 1, 1), batch_size=3)
    assert features.view(PICTURES[0]).shape == ((16, 16, 3) if size == 16 else (224, 224, 3))
    means = np.array([features.view(one).mean(axis=(0, 1)) / 255 for one in PICTURES])
    np.testing.assert_allclose(
        features.transform(PICTURES), means @ np.arange(6).reshape(2, 3).T, rtol=1e-4
    )  # fmt: skip


def test_maps_of_an_onnx_network_are_averaged_and_outputs_chosen_by_name(onnx_file):
    features = as_features(onnx_file())
    means = features.transform(PICTURES)
    np.testing.assert_allclose(features.set_params(output="maps").transform(PICTURES), means, rtol=1e-4)
    with pytest.raises(AugkitError, match=r"no output 'map'.*did you mean 'maps'"):
        as_features(onnx_file()).set_params(output="map").transform(PICTURES)


def test_an_open_onnx_network_is_pickled_without_its_session(onnx_file):
    features = as_features(onnx_file()).fit(PICTURES)
    rows = features.transform(PICTURES)
    again = pickle.loads(pickle.dumps(features))
    np.testing.assert_array_equal(again.transform(PICTURES), rows)
    assert again.get_feature_names_out().tolist() == ["onnxfeatures0", "onnxfeatures1"]


def test_what_is_no_network_is_said(onnx_file, tmp_path):
    with pytest.raises(AugkitError, match="can't be read: No such file"):
        as_features("none.onnx").transform(PICTURES)
    (tmp_path / "text.onnx").write_text("no network")
    with pytest.raises(AugkitError, match="no network onnxruntime can run"):
        as_features(tmp_path / "text.onnx").transform(PICTURES)
    with pytest.raises(AugkitError, match=r"must take \(N, 3, H, W\)"):
        as_features(onnx_file(colors=4)).transform(PICTURES)


def test_a_torch_network_is_left_in_the_mode_it_was_in(torch, network):
    network.train()
    network[1].eval()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    as_features(network).set_params(size=16).transform(PICTURES)
    assert [part.training for part in network] == [True, False, True, True]
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())


def test_a_torch_network_sees_normalised_pictures(torch, network):
    features = as_features(network).set_params(size=16)
    views = np.stack([features.view(one) for one in PICTURES]).astype(np.float32) / 255
    inputs = (views - np.float32(features.mean)) / np.float32(features.std)
    network.eval()
    with torch.no_grad():
        expected = network(torch.from_numpy(inputs.transpose(0, 3, 1, 2))).mean(dim=(2, 3)).numpy()
    np.testing.assert_allclose(features.transform(PICTURES), expected, rtol=1e-4, atol=1e-6)


def test_a_network_that_learns_on_gives_new_rows(torch, network):
    features = as_features(network).set_params(size=16)
    before = features.transform(PICTURES)
    with torch.no_grad():
        network[0].bias += 1.0
    assert not np.allclose(features.transform(PICTURES), before)


def test_half_precision_networks_are_found_by_their_weights(torch, network):
    features = as_features(network.bfloat16()).set_params(size=16)
    assert features.transform(PICTURES).dtype == np.float32


def test_a_name_without_weights_is_refused(torch):
    from augkit.features.torch import TorchFeatures

    with pytest.raises(AugkitError, match="'resnet18' without weights would compute random features"):
        TorchFeatures("resnet18").transform(PICTURES)


def test_a_timm_model_takes_its_weights_from_a_file(torch, tmp_path):
    timm = pytest.importorskip("timm", reason="timm and torchvision are not installed", exc_type=ImportError)
    from augkit.features.torch import TorchFeatures

    torch.manual_seed(0)
    whole = timm.create_model("resnet10t", pretrained=False, num_classes=1000)
    torch.save(whole.state_dict(), tmp_path / "weights.pth")
    features = TorchFeatures("resnet10t", weights=tmp_path / "weights.pth", size=64)
    whole.reset_classifier(0)
    expected = TorchFeatures(whole, size=64).transform(PICTURES)
    np.testing.assert_allclose(features.transform(PICTURES), expected, rtol=1e-4, atol=1e-6)
    with pytest.raises(AugkitError, match="timm has no model"):
        TorchFeatures("resnet0", weights=tmp_path / "weights.pth").transform(PICTURES)


def test_a_network_must_return_one_tensor_of_rows(torch):
    class Two(torch.nn.Module):
        def forward(self, given):
            return given, given

    with pytest.raises(AugkitError, match="must return one tensor, got tuple"):
        as_features(Two()).transform(PICTURES)
    with pytest.raises(AugkitError, match=r"got shape \(7,\)"):
        pool(np.ones(7), "Net")
    np.testing.assert_array_equal(pool(np.arange(12.0).reshape(2, 3, 2), "Net"), [[2, 3], [8, 9]])
