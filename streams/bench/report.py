"""The figures as a person reads them."""

from typing import Any

from rich.table import Table


def table(figures: dict[str, Any]) -> Table:
    """Lay out what was measured; what was left out has no row."""
    machine, versions = figures["machine"], figures["versions"]
    shown = Table(title=f"{machine['cpus']} x {machine['cpu']}, {machine['memory_gb']} GB, {machine['system']}; " + ", ".join(f"{name} {number}" for name, number in versions.items()),
                  title_justify="left")
    shown.add_column("what")
    shown.add_column("figure", justify="right")
    shown.add_column("in detail")
    for key, words in (("alarms_per_s", "85 % repeats"), ("alarms_per_s_50", "50 % repeats"), ("alarms_per_s_0", "0 % repeats, all active")):
        if key in figures:
            _throughput(shown, words, figures[key], figures[f"{key}_detail"])
    if "stock_faust_per_s" in figures:
        ratio = f"ours is {figures['alarms_per_s'] / figures['stock_faust_per_s']:.1f} times that" if "alarms_per_s" in figures else ""
        shown.add_row("stock Faust, dedup step alone", f"{figures['stock_faust_per_s']:,.0f} alarms/s", ratio)
    if "latency_p50_ms" in figures:
        _latency(shown, figures)
    if "first_report_s" in figures:
        shown.add_row("first trouble report", f"{figures['first_report_s']:.2f} s", f"from ready, with {figures['backlog']:,} alarms waiting")
    if "restart_with_folder_s" in figures:
        detail = f"{figures['restart_records']:,} alarm records; from process start to ready; without its folder {figures['restart_without_folder_s']:.1f} s"
        shown.add_row("restart after kill -9", f"{figures['restart_with_folder_s']:.1f} s", detail)
    for part, why in figures["failed"].items():
        shown.add_row(part, "failed", why[:300])
    shown.add_row("the bench itself", f"{figures['seconds']:.0f} s", f"load average before: {figures['load_average_before']}")
    return shown


def _throughput(shown: Table, words: str, rate: float, detail: dict[str, Any]) -> None:
    outputs = ", ".join(f"{topic} {count:g}" for topic, count in detail["outputs_per_1000"].items() if count)
    shown.add_row(words, f"{rate:,.0f} alarms/s", f"{detail['alarms']:,} alarms in {detail['seconds']} s; second half {detail['second_half_per_s']:,.0f}/s; {detail['cpu_seconds']} s of CPU")
    shown.add_row("", "", f"per 1,000 alarms: {outputs}")


def _latency(shown: Table, figures: dict[str, Any]) -> None:
    rest = "; ".join(f"{name} {figures[f'{name}_p50_ms']:.0f}/{figures[f'{name}_p99_ms']:.0f}" for name in ("problem", "impact", "report"))
    shown.add_row(f"latency at {figures['latency_rate']:,} alarms/s", f"p50 {figures['latency_p50_ms']:.0f} ms, p99 {figures['latency_p99_ms']:.0f} ms",
                  f"problem and impact readable, of {figures['latency_probes']} alarms; {rest} ms; feeder behind {figures['latency_feeder_behind_ms']:.0f} ms at most")
