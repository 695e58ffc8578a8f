"""Reads the device dumps in a vmcore: sections, registers, findings."""

from os import PathLike
from typing import Optional, Union, final

__all__ = [
    "Diagnosis",
    "Dump",
    "Error",
    "Evidence",
    "Field",
    "Finding",
    "Message",
    "Register",
    "Section",
    "Table",
    "Vmcore",
    "__version__",
    "open",
]

__version__: str

class Error(Exception):
    """Something in a file is damaged, or the file is of another kind."""

def open(path: Union[str, PathLike[str]]) -> Vmcore:
    """Opens a vmcore, or what ``vmcoredd extract`` or ``collect`` has written.

    Raises OSError if the file cannot be read, Error if it is no vmcore.
    """

@final
class Vmcore:
    """A file. Only what is asked for is read."""

    @property
    def kind(self) -> str:
        """ELF, kdump-compressed, …, in words."""
    @property
    def host(self) -> Optional[str]:
        """Name of the machine that panicked."""
    @property
    def kernel(self) -> Optional[str]:
        """Release of the kernel that panicked."""
    @property
    def crash_time(self) -> Optional[int]:
        """When it did, in seconds since 1970."""
    @property
    def warnings(self) -> list[str]:
        """What is damaged."""
    @property
    def dumps(self) -> list[Dump]: ...
    @property
    def absent(self) -> list[tuple[str, str]]:
        """Dumps that were asked for and are not there: name, and why."""
    def kernel_log(self) -> list[Message]:
        """What the kernel that panicked had logged. Raises Error if the file does not have it."""

@final
class Dump:
    """A device dump."""

    @property
    def name(self) -> str: ...
    @property
    def size(self) -> int:
        """Bytes of the payload."""
    @property
    def status(self) -> Optional[str]:
        """What the manifest says became of it."""
    @property
    def format(self) -> Optional[str]:
        """``cudbg``, …; None if nobody knows. Raises Error if it is damaged, as all that follows does."""
    @property
    def title(self) -> Optional[str]:
        """What is in it, in words."""
    def read(self, offset: int = 0, size: Optional[int] = None) -> bytes:
        """The payload, or a part of it."""
    def sections(self) -> list[Section]:
        """The parts of it. All of them are decompressed, to see whether they are whole."""
    def section(self, name: str) -> bytes:
        """What is in a section, decompressed. Raises KeyError if it was not collected."""
    def tables(self, section: str) -> list[Table]:
        """What is in a section, decoded. Nothing if it is not there or is just bytes."""
    def registers(self) -> list[Register]: ...
    def log(self) -> list[Message]:
        """What the device wrote down."""
    def diagnose(self) -> Optional[Diagnosis]:
        """What is to be said of the device; None if no rules are for it."""
    def findings(self) -> list[Finding]:
        """What is wrong with it, worst first."""

@final
class Section:
    @property
    def name(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def status(self) -> str: ...
    @property
    def ok(self) -> bool: ...
    @property
    def cause(self) -> Optional[str]:
        """Why it is not ok, as far as the driver knew."""
    @property
    def left_out(self) -> list[str]:
        """What is not there because it is private."""
    @property
    def stored(self) -> int:
        """Bytes in the dump."""
    @property
    def raw(self) -> int:
        """Bytes, decompressed."""
    @property
    def damage(self) -> Optional[str]: ...

@final
class Register:
    @property
    def address(self) -> int: ...
    @property
    def unit(self) -> str: ...
    @property
    def name(self) -> Optional[str]: ...
    @property
    def value(self) -> int: ...
    @property
    def bits(self) -> int:
        """Of the register: 8, 16, 32 or 64."""
    @property
    def fields(self) -> list[Field]:
        """Of single bits, those that are set; all wider ones."""

@final
class Field:
    @property
    def name(self) -> str: ...
    @property
    def value(self) -> int: ...
    @property
    def low(self) -> int:
        """The lowest bit."""
    @property
    def bits(self) -> int: ...
    @property
    def meaning(self) -> Optional[str]: ...

@final
class Message:
    @property
    def time(self) -> float:
        """Seconds; ticks, where nobody knows how long one is."""
    @property
    def level(self) -> str: ...
    @property
    def is_error(self) -> bool: ...
    @property
    def text(self) -> str: ...

@final
class Table:
    @property
    def title(self) -> str: ...
    @property
    def columns(self) -> list[str]: ...
    @property
    def rows(self) -> list[dict[str, Union[int, str, None]]]:
        """Values by the names of columns."""

@final
class Diagnosis:
    @property
    def verdict(self) -> str: ...
    @property
    def severity(self) -> Optional[str]:
        """``fatal``, ``error``, ``warning``; None if no fault was found."""
    @property
    def confidence(self) -> str: ...
    @property
    def signature(self) -> str:
        """The same for the same trouble on the same kind of device."""
    @property
    def doubts(self) -> list[str]: ...
    @property
    def findings(self) -> list[Finding]: ...
    @property
    def masked(self) -> list[Evidence]: ...
    @property
    def unknown(self) -> list[Evidence]: ...
    @property
    def unseen(self) -> list[str]: ...
    @property
    def advice(self) -> list[str]: ...

@final
class Finding:
    @property
    def severity(self) -> str: ...
    @property
    def unit(self) -> str: ...
    @property
    def words(self) -> str: ...
    @property
    def sign(self) -> str:
        """What happened, for programs: ``EDC0.ECC_UE``."""
    @property
    def rule(self) -> str: ...
    @property
    def source(self) -> str:
        """Where the rule comes from."""
    @property
    def registers(self) -> list[Evidence]:
        """What it rests on."""

@final
class Evidence:
    @property
    def name(self) -> str: ...
    @property
    def address(self) -> Optional[int]: ...
    @property
    def value(self) -> int: ...
    @property
    def words(self) -> str: ...
