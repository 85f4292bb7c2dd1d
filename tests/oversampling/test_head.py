"""Heads that learn from balanced features."""

import numpy as np
import pytest
from imblearn.over_sampling import RandomOverSampler
from sklearn.datasets import load_digits
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import LinearSVC
from sklearn.utils.estimator_checks import parametrize_with_checks

from augkit import EOS, AugkitError, RebalancedHead, rebalance_head

# Digits are far apart: some rare classes have no enemy near, which EOS says.
pytestmark = pytest.mark.filterwarnings("ignore:class . has no enemy")
CHECKS = parametrize_with_checks([RebalancedHead(random_state=0)])


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(CHECKS.args[0], list(CHECKS.args[1]), **CHECKS.kwargs)
def test_scikit_learn_accepts_it(estimator, check):
    check(estimator)


@pytest.fixture(scope="module")
def lopsided() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Digits of which four classes are rare in training; and even ones to test on."""
    X, y = load_digits(return_X_y=True)
    X = (X / 16).astype(np.float32)
    train = np.arange(len(y)) < 1200
    rare = np.isin(y, (1, 3, 8, 9)) & (np.arange(len(y)) >= 120)
    return X[train & ~rare], y[train & ~rare], X[~train], y[~train]


def test_rare_classes_are_found_more_often(lopsided):
    X, y, held, truth = lopsided
    plain = LogisticRegression(max_iter=1000).fit(X, y)
    head = RebalancedHead(random_state=0).fit(X, y)
    gain = balanced_accuracy_score(truth, head.predict(held)) - balanced_accuracy_score(truth, plain.predict(held))
    assert gain > 0.01


@pytest.mark.parametrize("scale", [0.125, 64])
def test_the_unit_of_the_features_does_not_matter(lopsided, scale):
    X, y, held, _ = lopsided
    usual, scaled = RebalancedHead(random_state=0).fit(X, y), RebalancedHead(random_state=0).fit(X * scale, y)
    assert np.mean(usual.predict(held) == scaled.predict(held * scale)) > 0.98


def test_columns_that_tell_nothing_are_accepted():
    head = RebalancedHead(random_state=0).fit(np.ones((6, 2)), [0, 0, 0, 0, 1, 1])
    assert head.classifier_.C == 0.01


def test_noise_in_many_columns_is_not_learned():
    """As in front of a trained network's last layer: in training, some columns tell classes apart by chance."""
    rng = np.random.default_rng(0)
    y = np.repeat([0, 1], [400, 20])
    truth = np.repeat([0, 1], 500)
    X, held = (rng.standard_normal((len(labels), 200)) for labels in (y, truth))
    X[:, :10] += y[:, None]
    held[:, :10] += truth[:, None]
    usual = RebalancedHead(classifier=LogisticRegression(max_iter=1000), random_state=0).fit(X, y)
    assert RebalancedHead(random_state=0).fit(X, y).score(held, truth) > usual.score(held, truth) + 0.05


def test_any_sampler_and_classifier_may_take_part(lopsided):
    X, y, held, _ = lopsided
    head = RebalancedHead(RandomOverSampler(random_state=0), KNeighborsClassifier(3)).fit(X, y)
    sampled = RandomOverSampler(random_state=0).fit_resample(X, y)
    np.testing.assert_array_equal(head.predict(held), KNeighborsClassifier(3).fit(*sampled).predict(held))
    assert head.predict_proba(held).shape == (len(held), 10)
    assert not hasattr(head, "decision_function")
    assert not hasattr(RebalancedHead(classifier=LinearSVC()), "predict_proba")
    assert head.get_params()["classifier__n_neighbors"] == 3


@pytest.fixture
def trained(lopsided):
    """A small network trained on the lopsided digits, and its training set as batches."""
    torch = pytest.importorskip("torch", reason="torch is not installed")
    torch.manual_seed(0)
    X, y, *_ = lopsided
    layers = [torch.nn.Linear(64, 32), torch.nn.BatchNorm1d(32), torch.nn.ReLU(), torch.nn.Dropout(0.2)]
    network = torch.nn.Sequential(*layers, torch.nn.Linear(32, 10))
    data, labels = torch.from_numpy(X), torch.from_numpy(y)
    optimizer = torch.optim.Adam(network.parameters(), 0.01)
    for _ in range(60):
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(network(data), labels).backward()
        optimizer.step()
    return network, list(zip(data.split(100), labels.split(100), strict=True))


def scores(network, X: np.ndarray) -> np.ndarray:
    import torch

    network.eval()
    with torch.no_grad():
        return network(torch.from_numpy(X)).numpy()


def test_only_the_last_layer_of_a_copy_changes(trained, lopsided):
    import torch

    network, batches = trained
    network.train()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    changed = rebalance_head(network, batches)
    assert network.training
    assert all(part.training for part in changed.modules())
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())
    differs = [name for name, value in changed.state_dict().items() if not torch.equal(value, before[name])]
    assert differs == ["4.weight", "4.bias"]
    assert not changed[4]._forward_pre_hooks


def test_the_new_layer_is_the_head_on_the_features_before_it(trained, lopsided):
    network, batches = trained
    X, y, held, _ = lopsided
    changed = rebalance_head(network, batches, sampler=EOS(random_state=3), C=0.5)
    head = RebalancedHead(EOS(random_state=3), LogisticRegression(C=0.5, max_iter=1000))
    head.fit(scores(network[:4], X), y)
    np.testing.assert_allclose(scores(changed, held), head.decision_function(scores(network[:4], held)), atol=1e-3)


def test_the_rare_classes_gain(trained, lopsided):
    network, batches = trained
    *_, held, truth = lopsided
    before = balanced_accuracy_score(truth, scores(network, held).argmax(axis=1))
    after = balanced_accuracy_score(truth, scores(rebalance_head(network, batches), held).argmax(axis=1))
    assert after > before


def test_two_classes_get_two_outputs_and_a_missing_bias_is_added(lopsided):
    torch = pytest.importorskip("torch", reason="torch is not installed")
    X, y, held, _ = lopsided
    few = (y == 0) | ((y == 1) & (np.arange(len(y)) < 200))
    network = torch.nn.Sequential(torch.nn.Identity(), torch.nn.Linear(64, 2, bias=False))
    batches = [(torch.from_numpy(X[few]), torch.from_numpy(y[few]))]
    changed = rebalance_head(network, batches, C=0.1)
    head = RebalancedHead(EOS(random_state=0), LogisticRegression(C=0.1, max_iter=1000)).fit(X[few], y[few])
    np.testing.assert_array_equal(scores(changed, held).argmax(axis=1), head.predict(held))


def test_a_network_that_knows_its_pictures_by_heart_is_regularized_more(trained, lopsided):
    network, batches = trained
    X, y, held, _ = lopsided
    inputs = scores(network[:4], X)
    regression = LogisticRegression(C=0.003 / inputs.var(axis=0).mean(), max_iter=1000)
    head = RebalancedHead(EOS(random_state=0), regression).fit(inputs, y)
    changed = rebalance_head(network, batches)
    np.testing.assert_allclose(scores(changed, held), head.decision_function(scores(network[:4], held)), atol=1e-3)


def test_what_does_not_fit_is_said(trained):
    import torch

    network, batches = trained
    with pytest.raises(AugkitError, match=r"labels must be all of 0 to 9; the loader gives \[0, 1\]"):
        rebalance_head(network, [(torch.rand(8, 64), torch.arange(8) % 2)])
    with pytest.raises(AugkitError, match=r"no linear layer '5' in the network.*0, 4"):
        rebalance_head(network, batches, layer="5")
    with pytest.raises(AugkitError, match="no linear layer to learn again"):
        rebalance_head(torch.nn.Sequential(torch.nn.ReLU()), batches)
    with pytest.raises(AugkitError, match="gives no batch"):
        rebalance_head(network, [])


def test_what_a_classifier_can_do_the_head_can(lopsided):
    X, y, held, _ = lopsided
    forest = RandomForestClassifier(n_estimators=5, random_state=0)  # has a length, which can't be asked for yet
    head = RebalancedHead(classifier=forest)
    assert hasattr(head, "predict_proba")
    assert not hasattr(head, "decision_function")
    assert head.fit(X, y).predict_proba(held).shape == (len(held), 10)


def test_weights_that_are_computed_from_others_are_refused(trained):
    import torch

    network, batches = trained
    torch.nn.utils.parametrizations.weight_norm(network[4])
    with pytest.raises(AugkitError, match="layer '4' are computed from others, as by weight_norm"):
        rebalance_head(network, batches)
    torch.nn.utils.parametrize.remove_parametrizations(network[4], "weight")
    rebalance_head(network, batches)


def test_batches_that_are_no_pairs_are_told(trained):
    network, batches = trained
    with pytest.raises(AugkitError, match=r"must give pairs \(pictures, labels\), got dict"):
        rebalance_head(network, [{"image": batches[0][0], "label": batches[0][1]}])
