"""Pictures as tensors."""

import numpy as np
import PIL.Image
import pytest
from pictures import picture

torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install torch==2.13.0")

from augkit import AugkitError  # noqa: E402
from augkit.interop.torch import to_tensor  # noqa: E402

MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


@pytest.mark.parametrize(("dtype", "white"), [(np.uint8, 255), (np.uint16, 65535), (np.float32, 1)])
@pytest.mark.parametrize("shape", [(5, 7, 3), (5, 7), (5, 7, 1), (5, 7, 4)])
def test_values_are_fractions_of_white_with_channels_first(dtype, white, shape):
    given = picture(shape, dtype)
    tensor = to_tensor(given)
    expected = np.moveaxis(given.reshape(5, 7, -1) / white, -1, 0)
    assert tensor.dtype == torch.float32
    assert tensor.is_contiguous()
    np.testing.assert_allclose(tensor.numpy(), expected, rtol=0, atol=1e-7)


def test_normalising_is_what_torchvision_does():
    given = picture((5, 7, 3))
    expected = (given / 255.0 - MEAN) / STD
    np.testing.assert_allclose(to_tensor(given, mean=MEAN, std=STD).numpy(), np.moveaxis(expected, -1, 0), atol=1e-6)
    assert torch.equal(
        to_tensor(given, mean=np.array(MEAN), std=torch.tensor(STD)), to_tensor(given, mean=MEAN, std=STD)
    )
    np.testing.assert_allclose(to_tensor(given, mean=0.5).numpy(), np.moveaxis(given / 255.0 - 0.5, -1, 0), atol=1e-6)


def test_bytes_are_shared_unless_they_must_not_be_written_to():
    given = picture((5, 7, 3)).copy()
    tensor = to_tensor(given, dtype=torch.uint8)
    assert tensor.shape == (3, 5, 7)
    assert np.shares_memory(tensor.numpy(), given)
    for closed in (picture((5, 7, 3)), given[:, ::-1]):
        tensor = to_tensor(closed, dtype=torch.uint8)
        assert not np.shares_memory(tensor.numpy(), closed)
        assert (tensor.numpy() == np.moveaxis(closed, -1, 0)).all()


def test_a_float_picture_is_not_handed_on_to_be_changed():
    given = picture((5, 7, 3), np.float32).copy()
    assert not np.shares_memory(to_tensor(given, mean=MEAN, std=STD).numpy(), given)
    assert (given == picture((5, 7, 3), np.float32)).all()


def test_a_pillow_picture_will_do():
    given = picture((5, 7, 3))
    assert torch.equal(to_tensor(PIL.Image.fromarray(given)), to_tensor(given))


def test_half_precision_is_had_for_the_asking():
    assert to_tensor(picture((5, 7, 3)), dtype=torch.bfloat16).dtype == torch.bfloat16
    assert to_tensor(np.full((5, 7), 65535, np.uint16), dtype=torch.float16).unique().tolist() == [1.0]


@pytest.mark.parametrize(
    ("given", "options", "said"),
    [
        (
            picture((5, 7, 3), np.float32),
            {"dtype": torch.uint8},
            "for uint8 pictures without mean and std, got float32",
        ),
        (picture((5, 7, 3)), {"dtype": torch.uint8, "mean": 0.5}, "without mean and std"),
        (picture((5, 7, 3)), {"mean": (0.5, 0.5)}, "mean has 2 numbers for a picture of 3 channels"),
        (picture((3, 32, 32)), {}, "channels come last"),
    ],
)
def test_what_does_not_fit_is_refused(given, options, said):
    with pytest.raises(AugkitError, match=said):
        to_tensor(given, **options)
