"""The house's rules as functions over files: each tells the faults it finds, so that it can be tried on a bad example too."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

import yaml

ROOT = Path(__file__).parent.parent
BELOW_WEB = ("forms", "actions", "documents", "catalogue", "queries", "models", "rules", "jobs")
READING = ("view", "list", "read")  # verbs of policy lines that change nothing
STATUS_WORDS = ("ReturnStatus", "QuestionnaireStatus", "ObservationStatus", "OfficeRole", "PartnerRole")
HELD = ("status", "role", "roles", "office_roles")


@dataclass(frozen=True)
class File:
    """A file of the project: its path from the top, and its text."""

    path: str
    text: str

    @property
    def place(self) -> PurePosixPath:
        return PurePosixPath(self.path)

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def floor(self) -> str:
        """The floor a module of partnerhub stands on (`web`, `actions`, …), else nothing."""
        parts = self.place.parts
        return parts[1].removesuffix(".py") if len(parts) > 1 and parts[0] == "partnerhub" and self.path.endswith(".py") else ""

    def at(self, node: ast.AST | int, what: str) -> str:
        return f"{self.path}:{node if isinstance(node, int) else getattr(node, 'lineno', 1)}: {what}"


Guard = Callable[[list[File]], Iterator[str]]
GUARDS: dict[str, Guard] = {}


def guard(function: Guard) -> Guard:
    GUARDS[function.__name__] = function
    return function


def project() -> list[File]:
    """What is tracked, and what is about to be; files that hold no text are left out (there is a guard for their names)."""
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    names = sorted(set(listed.decode().split("\0")) - {""})
    return [File(name, _text(ROOT / name)) for name in names if (ROOT / name).is_file()]


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def _python(files: Iterable[File], *floors: str) -> Iterator[File]:
    return (each for each in files if each.path.endswith(".py") and (not floors or each.floor in floors))


def _templates(files: Iterable[File]) -> Iterator[File]:
    return (each for each in files if each.path.startswith("templates/") and each.path.endswith(".html"))


def _lines(file: File, pattern: re.Pattern[str], what: str) -> Iterator[str]:
    for found in pattern.finditer(file.text):
        yield file.at(file.text.count("\n", 0, found.start()) + 1, f"{what}: {found[0].strip()!r}")


def _dotted(node: ast.AST) -> str:
    """`db.session.add` of the attribute access that spells it; empty for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = _dotted(node.value)
        return f"{before}.{node.attr}" if before else ""
    return ""


def _calls(node: ast.AST) -> Iterator[tuple[ast.Call, str]]:
    for each in ast.walk(node):
        if isinstance(each, ast.Call):
            yield each, _dotted(each.func)


def _functions(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    return (each for each in ast.walk(tree) if isinstance(each, ast.FunctionDef))


def _decorators(function: ast.FunctionDef) -> Iterator[tuple[ast.Call, str]]:
    for each in function.decorator_list:
        if isinstance(each, ast.Call):
            yield each, _dotted(each.func)


def _constant(node: ast.AST | None) -> object:
    return node.value if isinstance(node, ast.Constant) else None


# who may write


@guard
def only_actions_write(files: list[File]) -> Iterator[str]:
    """Adding, deleting, committing and statements that change rows belong to actions, jobs and the command."""
    changing = re.compile(r"(^|\.)session\.(add|add_all|delete|merge|flush|commit|bulk_\w+)$")
    for file in _python(files):
        if not file.floor or file.floor in ("actions", "jobs", "cli"):
            continue
        for call, name in _calls(file.tree):
            if changing.search(name):
                yield file.at(call, f"{name}() outside actions and jobs")
        for node in ast.walk(file.tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sqlalchemy"):
                for each in node.names:
                    if each.name in ("insert", "update", "delete"):
                        yield file.at(node, f"{each.name} of {node.module} outside actions and jobs")


@guard
def queries_take_no_lock(files: list[File]) -> Iterator[str]:
    """Reading holds nobody up: rows are locked by the action that changes them."""
    for file in _python(files, "queries", "models", "documents", "forms", "web"):
        for call, _ in _calls(file.tree):
            said = {getattr(call.func, "attr", ""), *(each.arg for each in call.keywords)}
            if "with_for_update" in said:
                yield file.at(call, "takes a lock outside actions")


@guard
def every_action_has_its_line_and_every_changing_line_its_action(files: list[File]) -> Iterator[str]:
    """What people do and what the policy table says are one list."""
    lines = {name: place for file in files if file.path == "partnerhub/rules/policy.py" for name, place in _policy_lines(file)}
    done = {name: file.at(call, "") for file in _python(files, "actions") for call, name in _action_names(file)}
    for name in sorted(done.keys() - lines.keys()):
        yield f"{done[name]}@action({name!r}) has no line in the policy table"
    for name in sorted(lines.keys() - done.keys()):
        if name.partition(".")[2].split("_")[0] not in READING:
            yield f"{lines[name]}{name!r} has no action"


def _policy_lines(file: File) -> Iterator[tuple[str, str]]:
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if key is not None and isinstance(value, ast.Call) and _dotted(value.func) == "Rule":
                    yield str(_constant(key)), file.at(key, "")


def _action_names(file: File) -> Iterator[tuple[ast.Call, str]]:
    for function in _functions(file.tree):
        for call, name in _decorators(function):
            if name.split(".")[-1] == "action" and call.args:
                yield call, str(_constant(call.args[0]))


@guard
def migrations_import_nothing_of_the_project(files: list[File]) -> Iterator[str]:
    """A migration says what was true when it was written; the project's code will say something else one day."""
    ours = re.compile(r"\bfrom[ \t]+partnerhub\b|\bimport(_module)?\b.*\bpartnerhub\b")
    for file in _python(files):
        if file.path.startswith("migrations/versions/"):
            yield from _lines(file, ours, "imports the project")


@guard
def no_action_calls_an_action(files: list[File]) -> Iterator[str]:
    """Writers that two actions share are plain functions beside them: an action within an action would commit twice."""
    deeds = {(file.place.stem, function.name) for file in _python(files, "actions") for function in _deeds(file)}
    for file in _python(files, "actions"):
        names = {(_stem(module), name): alias for module, name, alias in _imports(file, "partnerhub.actions")}
        direct = {alias for key, alias in names.items() if key in deeds} | {name for stem, name in deeds if stem == file.place.stem}
        modules = {alias: name for module, name, alias in _imports(file, "partnerhub.actions") if module == "partnerhub.actions"}
        for function in _deeds(file):
            for call, name in _calls(ast.Module(body=function.body, type_ignores=[])):
                module, _, attribute = name.rpartition(".")
                if name in direct or (modules.get(module), attribute) in deeds:
                    yield file.at(call, f"the action {function.name} calls the action {name}")


def _deeds(file: File) -> Iterator[ast.FunctionDef]:
    for function in _functions(file.tree):
        if any(name.split(".")[-1] == "action" for _, name in _decorators(function)):
            yield function


def _stem(module: str) -> str:
    return module.rpartition(".")[2]


def _imports(file: File, start: str) -> Iterator[tuple[str, str, str]]:
    """(module, name in it, name here) of every import from modules that begin so."""
    for node in ast.walk(file.tree):
        if isinstance(node, ast.ImportFrom) and (node.module == start or (node.module or "").startswith(f"{start}.")):
            for each in node.names:
                yield node.module or "", each.name, each.asname or each.name


@guard
def no_page_is_written_by_looking(files: list[File]) -> Iterator[str]:
    """A view that answers GET calls no action."""
    for file in _python(files, "web"):
        doing = {alias for _, _, alias in _imports(file, "partnerhub.actions")}
        doing |= {alias for module, name, alias in _imports(file, "partnerhub") if module == "partnerhub" and name == "actions"}
        for function in _functions(file.tree):
            if not any(_only_shows(call, name) for call, name in _decorators(function)):
                continue
            for call, name in _calls(ast.Module(body=function.body, type_ignores=[])):
                if name.split(".")[0] in doing:
                    yield file.at(call, f"{function.name} answers GET and calls {name}()")


def _only_shows(call: ast.Call, name: str) -> bool:
    verb = name.split(".")[-1]
    methods = [_constant(item) for each in call.keywords if each.arg == "methods" for item in getattr(each.value, "elts", [])]
    return verb == "get" or (verb == "route" and set(methods) <= {"GET", "HEAD"})


# who knows what


@guard
def below_web_nobody_reads_the_request(files: list[File]) -> Iterator[str]:
    """The person comes as `by=`, the time as an argument."""
    for file in _python(files, *BELOW_WEB):
        for library in ("flask", "flask_login"):
            for _, name, _ in _imports(file, library):
                if name in ("request", "session", "g", "current_user"):
                    yield file.at(1, f"reads {name} below web")


@guard
def only_the_answering_modules_know_htmx(files: list[File]) -> Iterator[str]:
    """respond.py and errors.py choose between part and page; doors.py says Vary."""
    for file in _python(files, "web"):
        if file.place.name in ("respond.py", "errors.py", "doors.py"):
            continue
        for node in ast.walk(file.tree):
            if (isinstance(node, ast.Attribute) and node.attr == "htmx") or str(_constant(node)).startswith("HX-"):
                yield file.at(node, "knows that HTMX exists")


@guard
def files_are_handed_out_in_one_place(files: list[File]) -> Iterator[str]:
    """respond.py makes the answer that is a file to keep."""
    by_hand = re.compile(r"Content-Disposition|\bsend_file\b")
    for file in _python(files, "web"):
        if file.place.name != "respond.py":
            yield from _lines(file, by_hand, "hands out a file by itself")


@guard
def pages_know_no_roles_and_no_statuses(files: list[File]) -> Iterator[str]:
    """Who may do what while what is the policy table's; pages ask may(…)."""
    for file in _python(files, "web"):
        for node in ast.walk(file.tree):
            if isinstance(node, ast.Attribute) and _dotted(node.value).split(".")[-1] in STATUS_WORDS:
                yield file.at(node, f"names {_dotted(node)}")
            if isinstance(node, ast.Compare):
                for side in (node.left, *node.comparators):
                    if isinstance(side, ast.Attribute) and side.attr in HELD:
                        yield file.at(node, f"compares {_dotted(side)}")
    held = "|".join(HELD)
    compared = re.compile(rf"\.({held})\s*(==|!=|(not\s+)?in\b)|['\"]\w+['\"]\s*(==|!=|(not\s+)?in)\s+[\w.]+\.({held})\b")
    for file in _templates(files):
        for block in re.finditer(r"\{[%{].*?[%}]\}", file.text, re.DOTALL):
            inside = re.sub(r"\{%-?\s*for\s+\w+(\s*,\s*\w+)*\s+in\b", "", block[0])
            if compared.search(inside):
                yield file.at(file.text.count("\n", 0, block.start()) + 1, f"compares a status or a role: {block[0]}")


@guard
def the_clock_is_read_in_one_place(files: list[File]) -> Iterator[str]:
    """The time is read once when a request arrives; tests move it there."""
    for file in _python(files):
        if file.floor and file.path != "partnerhub/clock.py":
            for call, name in _calls(file.tree):
                if re.search(r"(^|\.)(datetime\.(now|utcnow|today)|date\.today|time\.time)$", name):
                    yield file.at(call, f"{name}() outside clock.py")


@guard
def actions_and_rules_are_handed_the_time(files: list[File]) -> Iterator[str]:
    """What is done within one deed happens at one moment: doing.py reads it, everybody else is handed it."""
    for file in _python(files, "actions", "rules"):
        if file.path != "partnerhub/actions/doing.py":
            reading = {alias for _, name, alias in _imports(file, "partnerhub.clock") if name in ("now", "today")}
            for call, name in _calls(file.tree):
                if name in reading or name in ("clock.now", "clock.today"):
                    yield file.at(call, f"{name}() instead of the time it is handed")


@guard
def money_and_days_are_written_in_one_place(files: list[File]) -> Iterator[str]:
    """What people read of pounds, days and moments comes from rules/readable.py; digits that programs read may stand elsewhere."""
    written = re.compile(r"£\{|%[aAbB]\b|%-d|\.strftime\(|\.day\}|MONTHS\[\w+\.month")
    for file in files:
        is_ours = bool(file.floor) or file.path.startswith("templates/")
        if is_ours and file.path != "partnerhub/rules/readable.py":
            yield from _lines(file, written, "written by hand")


@guard
def no_code_names_a_fund(files: list[File]) -> Iterator[str]:
    """Funds differ in their data only: no code, name or form of one outside the catalogue and the tests."""
    names = {name for file in files if file.path.startswith("partnerhub/catalogue/") for name in _names_of_funds(file)}
    named = re.compile(rf"(?<!\w)({'|'.join(sorted(map(re.escape, names)))})(?!\w)")
    for file in files if names else ():
        is_code = file.path.endswith(".py") or file.path.startswith("templates/")
        if is_code and not file.path.startswith(("partnerhub/catalogue/", "tests/")):
            yield from _lines(file, named, "names one fund")


def _names_of_funds(file: File) -> Iterator[str]:
    content = yaml.safe_load(file.text) if file.path.endswith(".yaml") else None
    if isinstance(content, dict):
        for fund in content.get("funds", ()):
            yield from (fund["code"], fund["name"])
        if content.get("kind") == "application":
            yield content["questionnaire"]


# templates


@guard
def every_kind_of_question_has_its_template(files: list[File]) -> Iterator[str]:
    """A class with a name in rules/question_types, a template of that name in templates/questions, and nothing left over."""
    kinds = {name: place for file in _python(files, "rules") if "question_types" in file.path for name, place in _kinds(file)}
    drawn = {file.place.stem: file.path for file in _templates(files) if file.place.parent.name == "questions"}
    for name in sorted(kinds.keys() - drawn.keys()):
        yield f"{kinds[name]}the kind of question {name!r} has no template"
    for name in sorted(drawn.keys() - kinds.keys()):
        if not name.startswith("_"):
            yield f"{drawn[name]}: there is no kind of question of this name"


def _kinds(file: File) -> Iterator[tuple[str, str]]:
    for node in file.tree.body:
        if isinstance(node, ast.ClassDef):
            for line in node.body:
                target = line.targets[0] if isinstance(line, ast.Assign) else line.target if isinstance(line, ast.AnnAssign) else None
                if isinstance(target, ast.Name) and target.id == "name" and _constant(getattr(line, "value", None)):
                    yield str(_constant(line.value)), file.at(line, "")  # type: ignore[union-attr]


@guard
def every_part_belongs_to_a_page(files: list[File]) -> Iterator[str]:
    """A `_noun.html` is included or imported by a template, or named in web/."""
    everything = list(files)
    for file in _templates(everything):
        if not file.place.name.startswith("_"):
            continue
        name = file.path.removeprefix("templates/")
        users = (each for each in everything if each.path != file.path and (each.floor == "web" or each.path.startswith("templates/")))
        if not any(f'"{name}"' in each.text or f"'{name}'" in each.text for each in users):
            yield f"{file.path}: no page includes it and no view sends it"


@guard
def nothing_people_typed_is_trusted_as_markup(files: list[File]) -> Iterator[str]:
    """No `|safe` or Markup() on anything but constant words of our own, no switched-off escaping."""
    trusted = re.compile(r"(?<!['\"\s])\s*\|\s*safe\b|\{%-?\s*autoescape\s+false")
    for file in _templates(files):
        yield from _lines(file, trusted, "not escaped")
    for file in _python(files):
        if not file.floor:
            continue
        for call, name in _calls(file.tree):
            if name.split(".")[-1] == "Markup" and not (call.args and isinstance(_constant(call.args[0]), str)):
                yield file.at(call, "Markup() around something that is not a constant")


@guard
def no_script_or_style_stands_inside_a_page(files: list[File]) -> Iterator[str]:
    """The content security policy forbids it, and behaviour lives in hub.js."""
    inside = re.compile(
        r"<script(?![^>]*\bsrc=)[^>]*>|<style\b|\sstyle\s*=|\son[a-z]+\s*=\s*[\"'{]|\bhx-on\b|\bhx-on:|javascript:|=\s*[\"']js:"
        r"|\bhx-trigger\s*=\s*\"[^\"]*\[|\bhx-trigger\s*=\s*'[^']*\[|\bhx-boost\b",
        re.IGNORECASE,
    )
    for file in _templates(files):
        yield from _lines(File(file.path, _without_comments(file.text)), inside, "inline or forbidden")


def _without_comments(text: str) -> str:
    return re.sub(r"\{#.*?#\}", lambda found: "\n" * found[0].count("\n"), text, flags=re.DOTALL)


@guard
def nothing_is_fetched_from_elsewhere(files: list[File]) -> Iterator[str]:
    """Styles, scripts, pictures and fonts come from this server."""
    fetched = re.compile(
        r"<(script|img|link|iframe|source|video|audio)\b[^>]*\b(src|href)\s*=\s*[\"'](https?:)?//|@import|url\(\s*[\"']?(https?:)?//", re.I
    )
    for file in files:
        if file.path.startswith(("templates/", "partnerhub/static/")):
            yield from _lines(file, fetched, "from elsewhere")


# names, words, and what may stand in the repository


@guard
def no_file_is_a_drawer_for_everything(files: list[File]) -> Iterator[str]:
    """Nothing is called utils, helpers, common, manager or data."""
    for file in files:
        for part in (*file.place.parent.parts, file.place.name.partition(".")[0]):
            if re.fullmatch(r"(utils?|helpers?|common|managers?|data|misc)", part.lower()):
                yield f"{file.path}: {part!r} says nothing about what is in it"


@guard
def every_module_says_what_it_is_for(files: list[File]) -> Iterator[str]:
    """The first line is a sentence; an empty __init__.py needs none."""
    for file in _python(files):
        said = (ast.get_docstring(file.tree) or "").partition("\n")[0]
        if file.tree.body and (len(said) < 15 or " " not in said):
            yield file.at(1, "does not open with a line that says what it is for")


@guard
def no_place_of_the_workshop_is_named(files: list[File]) -> Iterator[str]:
    """Package registries, machines' folders and papers that are not in the repository: a checkout stands alone."""
    # Spelled so that this file does not name them either.
    hosts = "pypi|npmjs|pythonhosted|yarnpkg|unpkg|jsdelivr|cdnjs|debian"
    folders = "wor[k]|roo[t]"
    papers = "product|house|stack|domain|market|security|screens|standards"
    named = re.compile(
        rf"\b({hosts})\.(org|com|net)\b|(?<![\w.-])/({folders})/\w|(?<![\w/.-])(\.\./)?(share[d]|\.librar[y])/\w"
        rf"|(?<![\w/-])({papers})\.md\b|\bBRIE[F]\b|\bissue[s] show\b|\bpython-sv[c]\b|\b(Claud[e]|Anthropi[c]|ChatGP[T])\b"
    )
    for file in files:
        yield from _lines(file, named, "named here")


@guard
def lock_files_hold_sums_and_no_addresses(files: list[File]) -> Iterator[str]:
    """Whoever installs chooses the registry; the sums say whether it gave the right file."""
    address = re.compile(r"\w+://\S+|\"resolved\"|--(extra-)?index-url|--find-links|\sgit\+|\sfile:")
    for file in files:
        if file.place.name in ("package-lock.json", "package.json", ".npmrc", "uv.lock") or re.match(
            r"requirements.*\.(in|txt)$", file.path
        ):
            yield from _lines(file, address, "an address")
        if re.match(r"requirements.*\.txt$", file.path):
            for entry in re.findall(r"^[a-zA-Z0-9].*(?:\n[ \t]+.*)*", file.text, re.MULTILINE):
                if "==" not in entry or "--hash=sha256:" not in entry:
                    yield f"{file.path}: {entry.split()[0]} has no version or no sum"


@guard
def third_parties_files_are_installed_not_kept(files: list[File]) -> Iterator[str]:
    """No minified file, font, map or vendor folder; no style sheet or script with lines that nobody wrote by hand."""
    foreign = re.compile(r"(^|/)(node_modules|vendor)/|\.min\.(js|css|mjs)$|\.(map|woff2?|ttf|otf|eot)$")
    for file in files:
        if foreign.search(file.path):
            yield f"{file.path}: a third party's file"
        elif file.place.suffix in (".js", ".css", ".mjs") and any(len(line) > 500 for line in file.text.splitlines()):
            yield f"{file.path}: has lines that nobody wrote by hand"


@guard
def tests_are_never_left_out_and_mock_nothing_of_ours(files: list[File]) -> Iterator[str]:
    """No skip, no expected failure, no stand-in for our own code."""
    avoiding = re.compile(
        r"\bpytest\.(skip|xfail|importorskip)\b|\bmark\.(skip|skipif|xfail)\b|\bunittest\.mock\b|\bMagicMock\b|\bmocker\b"
        r"|monkeypatch\.setattr\(\s*[\"']?partnerhub"
    )
    for file in files:
        if file.path.startswith("tests/") and file.path not in ("tests/guards.py", "tests/test_house.py"):
            yield from _lines(file, avoiding, "not a test")
