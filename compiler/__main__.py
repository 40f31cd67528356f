"""`python -m compiler` is `roster`."""

import gc
import os

gc.disable()  # a run is short, and almost all that it builds lives to its end
os.environ["PYDANTIC_DISABLE_PLUGINS"] = "__all__"  # a plugin could change what is valid

from compiler.cli import main  # noqa: E402 - both must hold before anything is imported

if __name__ == "__main__":
    main()
