"""The command line is a contract: what it prints, its JSON, and its exit codes."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from sparkwright.cli.commands import run

Call = Callable[..., tuple[int, str, str]]
WORST = "which five airlines have the worst average arrival delay?"


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Call:
    """Run the command in this process: its exit code, what it printed, what it said on stderr."""

    def called(*arguments: str) -> tuple[int, str, str]:
        code = run(list(arguments))
        printed = capsys.readouterr()
        assert "Traceback" not in printed.err
        return code, printed.out, printed.err

    return called


def _json(call: Call, *arguments: str, code: int = 0) -> Any:
    status, out, _ = call(*arguments, "--json")
    assert status == code, out
    return json.loads(out)


def _program(folder: Path, source: str) -> str:
    path = folder / "program.py"
    path.write_text(source, encoding="utf-8")
    return str(path)


def test_ask_prints_the_answer_and_what_it_rests_on(call: Call) -> None:
    code, out, _ = call("ask", WORST)
    assert code == 0
    rows = [[cell.strip() for cell in line.strip("│").split("│")] for line in out.splitlines() if line.startswith("│")]
    assert rows == [
        ["Frontier Airlines Inc.", "21.9"],
        ["AirTran Airways Corporation", "20.1"],
        ["ExpressJet Airlines Inc.", "15.8"],
        ["Mesa Airlines Inc.", "15.6"],
        ["SkyWest Airlines Inc.", "11.9"],
    ]
    assert 'spark.table("nycflights13.flights")' in out
    assert "Assumed" in out
    assert "all tables are on this machine" in out


def test_ask_json_is_one_object_with_the_contracts_keys(call: Call) -> None:
    told = _json(call, "ask", WORST, "--rows", "3")
    assert set(told) == {
        "id", "state", "question", "platform", "platform_reason", "program", "tables", "assumptions", "findings",
        "estimate", "result", "printed", "timings", "error",
    }  # fmt: skip
    assert (told["state"], told["platform"], told["error"]) == ("succeeded", "local", None)
    assert told["tables"] == ["nycflights13.airlines", "nycflights13.flights"]
    assert (told["result"]["truncated"], told["result"]["row_limit"], len(told["result"]["rows"])) == (True, 3, 3)
    assert told["result"]["rows"][0][0] == "Frontier Airlines Inc."
    assert told["estimate"]["bytes"] > 1_000_000


def test_global_options_may_stand_anywhere(call: Call) -> None:
    for arguments in (("--json", "--catalog", "sample", "tables"), ("tables", "--catalog=sample", "--json")):
        code, out, _ = call(*arguments)
        assert code == 0
        known = {"database": "nycflights13", "name": "flights", "quoted": "nycflights13.flights"}
        assert known in json.loads(out)["tables"]


def test_a_name_is_listed_as_it_can_be_typed(call: Call, tmp_path: Path) -> None:
    lake = tmp_path / "lake"
    lake.mkdir()
    (lake / "a.b.csv").write_text("x,y\n1,2\n")
    spec = ("--catalog", f"files:{lake}")
    (listed,) = _json(call, *spec, "tables")["tables"]
    assert listed["quoted"] == "lake.`a.b`"
    assert "`a.b`" in call(*spec, "tables")[1]
    assert _json(call, *spec, "describe", listed["quoted"])["name"] == "lake.a.b"


def test_describe_shows_columns_keys_and_comments(call: Call) -> None:
    code, out, _ = call("describe", "nycflights13.flights")
    assert code == 0
    for text in ("336,776 rows", "dep_delay", "Departure delay in minutes", "-> airlines.carrier", "partition"):
        assert text in out
    told = _json(call, "describe", "nycflights13.flights")
    assert told["name"] == "nycflights13.flights"
    assert {"name": "month", "type": "int"}.items() <= told["partition_keys"][0].items()
    assert told["error"] is None


def test_dry_run_writes_and_estimates_but_runs_nothing(call: Call) -> None:
    told = _json(call, "ask", WORST, "--dry-run")
    assert (told["state"], told["result"]) == ("written", None)
    assert told["program"]
    assert told["estimate"]["objects"] == 13


def test_write_prints_a_program_that_run_takes(call: Call, tmp_path: Path) -> None:
    code, source, _ = call("write", "how many flights were there?")
    assert code == 0
    told = _json(call, "run", _program(tmp_path, source))
    assert told["result"]["rows"] == [[336776]]


def test_check_accepts_a_program_and_names_what_is_wrong_with_one(call: Call, tmp_path: Path) -> None:
    good = _program(tmp_path, 'result = spark.table("nycflights13.flights").select("carrier")\n')
    told = _json(call, "check", good)
    assert (told["ok"], told["columns"]) == (True, [{"name": "carrier", "type": "string"}])
    bad = _program(tmp_path, '\nresult = spark.table("nycflights13.flights").select("carier")\n')
    told = _json(call, "check", bad, code=1)
    (finding,) = [each for each in told["findings"] if each["severity"] == "error"]
    assert (finding["line"], "carier" in finding["message"], "carrier" in finding["hint"]) == (2, True, True)
    code, out, _ = call("check", bad)
    assert (code, "did you mean" in out) == (1, True)


def test_a_programs_own_exception_is_told_with_the_line_of_the_users_file(call: Call, tmp_path: Path) -> None:
    source = (
        "from pyspark.sql import SparkSession\n"
        "spark = SparkSession.builder.getOrCreate()\n"
        "\n"
        "print('so far')\n"
        'result = spark.table("nycflights13.airlines")\n'
        "rows = result.collect()\n"
        "x = {}['missing'] if rows else 1\n"
    )
    told = _json(call, "run", _program(tmp_path, source), code=4)
    assert (told["state"], told["printed"]) == ("failed", "so far\n")
    assert (told["error"]["type"], told["error"]["message"], told["error"]["line"]) == ("KeyError", "'missing'", 7)
    code, out, _ = call("logs", told["id"])
    assert code == 0
    assert "so far" in out
    assert "KeyError: 'missing'" in out
    assert _json(call, "runs", told["id"])["state"] == "failed"


def test_runs_lists_what_was_done(call: Call) -> None:
    told = _json(call, "ask", "how many planes are there?")
    listed = _json(call, "runs")["runs"]
    assert (listed[0]["id"], listed[0]["question"], listed[0]["state"]) == (
        told["id"],
        "how many planes are there?",
        "succeeded",
    )
    shown = _json(call, "runs", told["id"])
    assert shown["result"]["rows"] == [[3322]]
    code, out, _ = call("runs", told["id"])
    assert code == 0
    assert "3322" in out


def test_estimate_says_what_is_scanned(call: Call, tmp_path: Path) -> None:
    path = _program(tmp_path, 'result = spark.table("nycflights13.flights").filter("month = 7")\n')
    told = _json(call, "estimate", path)
    assert (told["platform"], told["partitions_matched"], told["partitions_total"], told["objects"]) == (
        "local",
        1,
        12,
        1,
    )


@pytest.mark.parametrize("style", ["declare", "reads"])
def test_show_prints_a_script_that_runs_as_it_stands(call: Call, tmp_path: Path, style: str) -> None:
    source = 'result = spark.sql("SELECT count(*) AS n FROM nycflights13.airlines")\n'
    code, script, _ = call("show", _program(tmp_path, source), "--style", style)
    assert code == 0
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "RUST_LOG": "off"},
    )
    assert [line for line in done.stdout.splitlines() if line.startswith("|")] == ["|n  |", "|16 |"]


def test_save_keeps_the_whole_result(call: Call, tmp_path: Path) -> None:
    import pyarrow.dataset as ds

    path = _program(tmp_path, 'result = spark.table("nycflights13.planes")\n')
    told = _json(call, "run", path, "--rows", "5", "--save", str(tmp_path / "out"))
    assert (len(told["result"]["rows"]), told["result"]["truncated"]) == (5, True)
    assert told["result"]["uri"] == str(tmp_path / "out")
    assert ds.dataset(tmp_path / "out", format="parquet").count_rows() == 3322
    again = _json(call, "run", path, "--save", str(tmp_path / "out"), code=2)
    assert "is there already" in again["error"]["message"]


def test_the_sample_says_where_it_is(call: Call) -> None:
    told = _json(call, "sample")
    assert (Path(told["folder"]) / "airlines.csv").exists() or (Path(told["folder"]) / "airlines").exists()


# --- what goes wrong -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("ask", ""), 3, "empty"),
        (("ask", "what is the weather on Mars"), 3, "Mars"),
        (("ask", "how many?", "--table", "nycflights13.flight"), 5, "nycflights13.flight"),
        (("ask", "how many?", "--table", "flight"), 5, "flights"),
        (("describe", "nycflights13.flight"), 5, "flights"),
        (("describe", "nycflight13.flights"), 5, "nycflights13"),
        (("tables", "nowhere"), 5, "nowhere"),
        (("ask", "how many flights?", "--on", "moon"), 2, "moon"),
        (("ask", "how many flights?", "--rows", "0"), 2, "rows"),
        (("--catalog", "files:/no/such/folder", "tables"), 5, "/no/such/folder"),
        (("--catalog", "filse:/tmp", "tables"), 2, "files"),
        (("--model", "oflline", "ask", "how many flights?"), 2, "offline"),
        (("--config", "/no/such/file.toml", "tables"), 2, "/no/such/file.toml"),
        (("run", "/no/such/file.py"), 2, "/no/such/file.py"),
        (("ask", "how many flights?", "--rows", "99999999999999999999"), 2, "rows"),
        (("runs", "r-none"), 2, "r-none"),
        (("logs", "r-none"), 2, "r-none"),
        (("asq", "x"), 2, "ask"),
        (("ask",), 2, "question"),
        (("tables", "--unknown"), 2, "--unknown"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_what_cannot_be_done_is_said_with_a_hint_and_its_code(
    call: Call, arguments: tuple[str, ...], code: int, says: str
) -> None:
    status, out, err = call(*arguments)
    assert (status, out) == (code, "")
    assert says.lower() in err.lower()
    told = _json(call, *arguments, code=code)
    assert told["error"]["message"]
    assert says.lower() in json.dumps(told).lower()


def test_a_program_that_breaks_a_rule_is_refused_and_not_run(call: Call, tmp_path: Path) -> None:
    told = _json(call, "run", _program(tmp_path, "import os\nresult = spark.range(1)\n"), code=1)
    assert (told["state"], told["result"], told["findings"][0]["line"]) == ("refused", None, 1)


def test_a_folder_that_may_not_be_looked_into_is_named(tmp_path: Path) -> None:
    lake = tmp_path / "lake"
    (lake / "closed").mkdir(parents=True)
    (lake / "closed" / "a.csv").write_text("a,b\n1,2\n")
    (lake / "open.csv").write_text("a,b\n1,2\n")
    (lake / "closed").chmod(0)
    # Root may look into everything, unless it gives up the capabilities for that.
    modest = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if os.getuid() == 0 else []
    command = [*modest, sys.executable, "-m", "sparkwright", "--catalog", f"files:{lake}"]
    listed = subprocess.run([*command, "tables"], capture_output=True, text=True, check=False)
    refused = subprocess.run([*command, "describe", "lake.closed"], capture_output=True, text=True, check=False)
    (lake / "closed").chmod(0o755)
    assert (listed.returncode, "open" in listed.stdout, "closed" in listed.stdout) == (0, True, True)
    assert refused.returncode == 5
    assert "closed" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_corrupt_file_is_named_and_its_neighbours_are_read(call: Call, tmp_path: Path) -> None:
    lake = tmp_path / "lake"
    lake.mkdir()
    (lake / "broken.parquet").write_bytes(b"PAR1 this is no parquet file")
    (lake / "sales.csv").write_text("city,amount\nRome,10\nOslo,20\n")
    spec = ("--catalog", f"files:{lake}")
    assert [name["name"] for name in _json(call, *spec, "tables")["tables"]] == ["broken", "sales"]
    code, _, err = call(*spec, "describe", "lake.broken")
    assert (code, "broken" in err) == (5, True)
    told = _json(call, *spec, "ask", "what is the total amount?")
    assert told["result"]["rows"] == [[30]]
    assert "lake.broken" in told["findings"][0]["message"]


def _raw(*arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "sparkwright", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)


def test_a_home_that_is_a_file_is_named(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.write_text("not a folder")
    done = _raw("tables", env={**os.environ, "SPARKWRIGHT_HOME": str(home)})
    assert (done.returncode, "SPARKWRIGHT_HOME" in done.stderr) == (2, True), done.stderr


def test_what_the_terminals_encoding_lacks_is_written_out(tmp_path: Path) -> None:
    path = _program(tmp_path, "result = spark.createDataFrame([('\N{PARTY POPPER}',)], 'x string')\n")
    done = _raw("run", path, env={**os.environ, "PYTHONIOENCODING": "ascii"})
    assert (done.returncode, "\\U0001f389" in done.stdout) == (0, True), done.stderr


def test_a_full_disk_under_the_output_is_said() -> None:
    command = f"{sys.executable} -m sparkwright --json tables > /dev/full"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)
    assert (done.returncode, "Traceback" in done.stderr) == (2, False)
    assert "cannot be written" in done.stderr


def test_no_standard_input_is_said() -> None:
    command = f"{sys.executable} -m sparkwright check - <&-"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)
    assert (done.returncode, "no standard input" in done.stderr) == (2, True)


def _is_looping(pid: int) -> bool:
    """Whether a worker's child has been at work for a while: nothing but the program takes that long."""
    with contextlib.suppress(psutil.Error):
        workers = psutil.Process(pid).children()
        return any(child.cpu_times().user > 1 for worker in workers for child in worker.children())
    return False


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_an_interrupt_cancels_the_run_and_leaves_nothing_behind(tmp_path: Path, name: str) -> None:
    path = _program(
        tmp_path, 'x = spark.table("nycflights13.airlines").collect()\nwhile x:\n    pass\nresult = spark.range(1)\n'
    )
    command = [sys.executable, "-m", "sparkwright", "--json", "run", path]
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
    deadline = time.monotonic() + 60
    while not _is_looping(process.pid) and time.monotonic() < deadline and process.poll() is None:
        time.sleep(0.05)
    process.send_signal(getattr(signal, name))
    out, err = process.communicate(timeout=30)
    assert process.returncode == 4, err
    told = json.loads(out)
    assert (told["state"], told["error"]["type"]) == ("cancelled", "Cancelled")
    assert "Traceback" not in err
    assert not list(tmp_path.glob("sparkwright-*"))
