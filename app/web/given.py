"""What every handler is given."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.params import Body

from app.bootstrap import Workspace
from app.stock import Stock
from app.studio import Studio
from app.web.kept import KeptPages

Clock = Callable[[], datetime]
GivenWorkspace = NamedDependency[Workspace]
GivenStudio = NamedDependency[Studio]
GivenStock = NamedDependency[Stock]
GivenClock = NamedDependency[Clock]
GivenPages = NamedDependency[KeptPages]
FileForm = Annotated[dict[str, Any], Body(media_type=RequestEncodingType.MULTI_PART)]
Form = Annotated[dict[str, Any], Body(media_type=RequestEncodingType.URL_ENCODED)]
