"""Is a document a SARIF 2.1.0 log? The structure that the OASIS standard asks for, of the objects that
policyc writes; a property that is not listed here is a finding, so that whoever adds one looks it up."""

import re

URI_REFERENCE = re.compile(r"^(?:[A-Za-z][A-Za-z0-9+.-]*:)?(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*$")


class Text:
    """A string, of some pattern."""
    def __init__(self, pattern=None):
        self.pattern = re.compile(pattern, re.S) if pattern else None

    def check(self, value, where, found):
        if not isinstance(value, str):
            found.append(f"{where}: not a string")
        elif self.pattern and not self.pattern.search(value):
            found.append(f"{where}: {value!r} is not allowed")


class Uri(Text):
    def check(self, value, where, found):
        super().check(value, where, found)
        if isinstance(value, str) and not URI_REFERENCE.match(value):
            found.append(f"{where}: {value!r} is no URI reference (RFC 3986)")


class Number:
    def __init__(self, least):
        self.least = least

    def check(self, value, where, found):
        if not isinstance(value, int) or isinstance(value, bool) or value < self.least:
            found.append(f"{where}: {value!r} is no integer from {self.least}")


class Boolean:
    def check(self, value, where, found):
        if not isinstance(value, bool):
            found.append(f"{where}: {value!r} is not true or false")


class Anything:
    def check(self, value, where, found):
        if not isinstance(value, dict):
            found.append(f"{where}: a property bag is an object")


class Items:
    def __init__(self, item, least=0, unique=False):
        self.item, self.least, self.unique = item, least, unique

    def check(self, value, where, found):
        if not isinstance(value, list):
            found.append(f"{where}: not an array")
            return
        if len(value) < self.least:
            found.append(f"{where}: fewer than {self.least} items")
        if self.unique and any(a == b for i, a in enumerate(value) for b in value[:i]):
            found.append(f"{where}: two items are equal")
        for i, own in enumerate(value):
            self.item.check(own, f"{where}[{i}]", found)


class Object:
    """Properties by name; those that begin with `r_` are required. `also`: a check of the whole."""
    def __init__(self, also=None, **properties):
        self.properties = {name.removeprefix("r_"): kind for name, kind in properties.items()}
        self.required = [name.removeprefix("r_") for name in properties if name.startswith("r_")]
        self.also = also

    def check(self, value, where, found):
        if not isinstance(value, dict):
            found.append(f"{where}: not an object")
            return
        for name in self.required:
            if name not in value:
                found.append(f"{where}: lacks `{name}`")
        for name, own in value.items():
            if name not in self.properties:
                found.append(f"{where}: `{name}` is not a property of it")
            else:
                self.properties[name].check(own, f"{where}.{name}", found)
        if self.also and not found:
            self.also(value, where, found)


def region_is_ordered(region, where, found):
    if "startLine" not in region:
        found.append(f"{where}: a text region begins at a line")
        return
    begin = (region["startLine"], region.get("startColumn", 1))
    end = (region.get("endLine", region["startLine"]), region.get("endColumn", 1 << 31))
    if end < begin:
        found.append(f"{where}: ends before it begins")


def placeholders_have_arguments(message, where, found):
    text = message.get("text", "").replace("{{", "").replace("}}", "")
    if "{" in text or "}" in text:
        found.append(f"{where}: a single brace begins a placeholder, and there are no arguments")


LEVEL = Text("^(none|note|warning|error)$")
MESSAGE = Object(placeholders_have_arguments, r_text=Text("."))
REGION = Object(region_is_ordered, startLine=Number(1), startColumn=Number(1), endLine=Number(1),
                endColumn=Number(1))
ARTIFACT = Object(uri=Uri())
LOCATION = Object(id=Number(0), physicalLocation=Object(artifactLocation=ARTIFACT, region=REGION),
                  message=MESSAGE)
REPLACEMENT = Object(r_deletedRegion=REGION, insertedContent=Object(text=Text()))
CHANGE = Object(r_artifactLocation=ARTIFACT, r_replacements=Items(REPLACEMENT, least=1))
FIX = Object(description=MESSAGE, r_artifactChanges=Items(CHANGE, least=1, unique=True))
SUPPRESSION = Object(r_kind=Text("^(inSource|external)$"), justification=Text(),
                     status=Text("^(accepted|underReview|rejected)$"))
RESULT = Object(ruleId=Text("."), level=LEVEL, r_message=MESSAGE, locations=Items(LOCATION),
                relatedLocations=Items(LOCATION, unique=True), fixes=Items(FIX, unique=True),
                suppressions=Items(SUPPRESSION, unique=True), properties=Anything())
RULE = Object(r_id=Text("."), name=Text("."), shortDescription=Object(r_text=Text(".")),
              defaultConfiguration=Object(level=LEVEL))
NOTIFICATION = Object(r_message=MESSAGE, level=LEVEL, locations=Items(LOCATION))
INVOCATION = Object(r_executionSuccessful=Boolean(), toolExecutionNotifications=Items(NOTIFICATION))
DRIVER = Object(r_name=Text("."), version=Text("."), rules=Items(RULE, unique=True))
RUN = Object(r_tool=Object(r_driver=DRIVER), invocations=Items(INVOCATION),
             columnKind=Text("^(utf16CodeUnits|unicodeCodePoints)$"), results=Items(RESULT))
LOG = Object(**{"$schema": Uri()}, r_version=Text(r"^2\.1\.0$"), r_runs=Items(RUN))


def check(log):
    """What is wrong with it, as lines of text."""
    found = []
    LOG.check(log, "log", found)
    if found:
        return found
    for run in log["runs"]:
        ids = [rule["id"] for rule in run["tool"]["driver"].get("rules", [])]
        if len(set(ids)) != len(ids):
            found.append("two rules have one id")
        for result in run.get("results", []):
            if result.get("ruleId") not in ids:
                found.append(f"no rule has the id {result.get('ruleId')!r}")
    return found
