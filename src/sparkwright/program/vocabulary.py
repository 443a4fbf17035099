"""What a program may say, as data: imports, built-in names, attributes, reader options. What is not here is refused."""

from __future__ import annotations

import builtins
import types
from typing import TYPE_CHECKING

from sparkwright.program.refused import SPARK_REFUSED
from sparkwright.program.spark_functions import PYTHON_FUNCTIONS, REFUSED_FUNCTIONS, words

if TYPE_CHECKING:
    from collections.abc import Mapping

# --- imports ---------------------------------------------------------------------------------------------------------

_TYPES = words(
    """
    DataType NullType CharType StringType VarcharType BinaryType BooleanType DateType TimestampType TimestampNTZType
    DecimalType DoubleType FloatType ByteType IntegerType LongType DayTimeIntervalType YearMonthIntervalType Row
    ShortType ArrayType MapType StructField StructType VariantType
    """
)

# Names that may be imported from a module, or reached as its attributes. `string.Formatter` and `string.Template`,
# `operator.attrgetter` and `methodcaller`, `collections.namedtuple` (which evaluates text) are left out on purpose.
MODULES: Mapping[str, frozenset[str]] = {
    "pyspark.sql.functions": PYTHON_FUNCTIONS,
    "pyspark.sql.types": _TYPES,
    "pyspark.sql.window": frozenset({"Window", "WindowSpec"}),
    "pyspark.sql.column": frozenset({"Column"}),
    "pyspark.sql.dataframe": frozenset({"DataFrame"}),
    "pyspark.sql": frozenset({"functions", "types", "Window", "WindowSpec", "DataFrame", "Column", "Row"}),
    "__future__": frozenset({"annotations"}),
    "typing": frozenset(
        {"Any", "Callable", "Dict", "Iterable", "List", "Mapping", "Optional", "Sequence", "Set", "Tuple", "Union"}
    ),
    "datetime": frozenset({"date", "datetime", "time", "timedelta", "timezone", "MINYEAR", "MAXYEAR"}),
    "math": words(
        """
        acos acosh asin asinh atan atan2 atanh ceil comb copysign cos cosh degrees dist e erf erfc exp expm1 fabs
        factorial floor fmod frexp fsum gamma gcd hypot inf isclose isfinite isinf isnan isqrt lcm ldexp lgamma log
        log10 log1p log2 modf nan perm pi pow prod radians remainder sin sinh sqrt tan tanh tau trunc
        """
    ),
    "decimal": frozenset(
        {"Decimal", "ROUND_HALF_UP", "ROUND_HALF_EVEN", "ROUND_DOWN", "ROUND_UP", "ROUND_FLOOR", "ROUND_CEILING"}
    ),
    "re": frozenset(
        {"compile", "search", "match", "fullmatch", "split", "findall", "finditer", "sub", "subn", "escape"}
        | {"I", "IGNORECASE", "M", "MULTILINE", "S", "DOTALL", "X", "VERBOSE", "A", "ASCII"}
    ),
    "functools": frozenset({"reduce", "partial"}),
    "operator": words(
        """
        add sub mul truediv floordiv mod neg pos and_ or_ xor not_ invert eq ne lt le gt ge itemgetter concat contains
        """
    ),
    "itertools": words(
        """
        accumulate chain combinations combinations_with_replacement count cycle dropwhile filterfalse groupby islice
        permutations product repeat starmap takewhile zip_longest
        """
    ),
    "collections": frozenset({"OrderedDict", "defaultdict", "Counter", "deque"}),
    "string": words(
        """
        ascii_letters ascii_lowercase ascii_uppercase digits hexdigits octdigits punctuation whitespace printable
        """
    ),
    "calendar": words(
        """
        month_name month_abbr day_name day_abbr monthrange isleap leapdays weekday MONDAY TUESDAY WEDNESDAY THURSDAY
        FRIDAY SATURDAY SUNDAY
        """
    ),
}

STAR_IMPORTS = frozenset({"pyspark.sql.functions", "pyspark.sql.types"})

# --- names -----------------------------------------------------------------------------------------------------------

BUILTINS = words(
    """
    abs all any bool bytes chr dict divmod enumerate filter float frozenset int isinstance iter len list map max min
    next ord pow print range repr reversed round set slice sorted str sum tuple zip None True False NotImplemented
    Ellipsis ArithmeticError AssertionError Exception IndexError KeyError LookupError NotImplementedError RuntimeError
    TypeError ValueError ZeroDivisionError StopIteration OverflowError
    """
)

REFUSED_NAMES = (frozenset(dir(builtins)) | {"exit", "quit", "help", "copyright", "credits", "license"}) - BUILTINS

# --- attributes ------------------------------------------------------------------------------------------------------

SESSION = frozenset({"table", "sql", "read", "range", "createDataFrame"})

_FRAME = words(
    """
    agg approxQuantile cache coalesce colRegex collect columns crossJoin crosstab cube cov corr describe distinct drop
    dropDuplicates drop_duplicates dropna dtypes exceptAll fillna filter first freqItems groupBy groupby groupingSets
    head hint intersect intersectAll isEmpty join limit melt na offset orderBy persist randomSplit repartition
    repartitionByRange rollup sample sampleBy select selectExpr sort sortWithinPartitions stat subtract summary tail
    take toDF toLocalIterator union unionAll unionByName unpersist unpivot where withColumn withColumnRenamed
    withColumns withColumnsRenamed createOrReplaceTempView createTempView pivot avg mean fill asc asc_nulls_first
    asc_nulls_last between bitwiseAND bitwiseOR bitwiseXOR desc desc_nulls_first desc_nulls_last dropFields eqNullSafe
    getField getItem ilike isNaN isNotNull isNull isin like otherwise outer over rlike substr try_cast astype when
    withField partitionBy rangeBetween rowsBetween currentRow unboundedFollowing unboundedPreceding
    """
)

# Attributes whose arguments are judged, so that they are only ever called where they stand.
_READER = frozenset({"load", "parquet", "csv", "json", "orc", "text", "format", "option", "options"})

_SHARED = words(
    """
    alias cast contains count endswith index max min name replace startswith sum transform schema fields names
    dataType fieldNames simpleString typeName nullable elementType keyType valueType asDict
    """
)

_VALUES = words(
    """
    append extend insert remove pop clear copy reverse sort keys values items get setdefault update add discard
    difference intersection issubset issuperset symmetric_difference popitem capitalize casefold center expandtabs
    find isalnum isalpha isascii isdecimal isdigit isidentifier islower isnumeric isspace istitle isupper join ljust
    lower lstrip partition removeprefix removesuffix rfind rindex rjust rpartition rsplit rstrip split splitlines
    strip swapcase title upper zfill encode decode most_common elements popleft appendleft from_iterable fromkeys
    group groups groupdict start end span search match fullmatch findall finditer sub pattern year month day hour
    minute second microsecond weekday isoweekday isocalendar isoformat strftime strptime date time days seconds
    total_seconds timestamp fromisoformat fromordinal fromtimestamp toordinal combine now today quantize normalize
    is_integer real imag numerator denominator as_integer_ratio bit_length to_integral_value utc timetuple
    """
)

ATTRIBUTES = _FRAME | _READER | _SHARED | _VALUES | SESSION

# Methods that only DataFrames, Columns, grouped rows and windows have: what they return is no text.
FRAME_METHODS = _FRAME - {"join", "columns", "dtypes", "collect", "first", "head", "take", "tail", "fill"}

_OBJECTS: tuple[type, ...] = (
    types.FunctionType, types.CodeType, types.FrameType, types.TracebackType, types.GeneratorType, types.CoroutineType,
    types.AsyncGeneratorType, types.MethodType, types.BuiltinFunctionType, types.ModuleType, types.MappingProxyType,
    type, BaseException, memoryview, property,
)  # fmt: skip

_DANGEROUS = frozenset(name for kind in _OBJECTS for name in dir(kind) if not name.startswith("_")) | SPARK_REFUSED

# Never reached, not even where a column has that name: `df["write"]` says it as well.
REFUSED_ATTRIBUTES = (_DANGEROUS | REFUSED_FUNCTIONS) - ATTRIBUTES

# --- what a reader is told -------------------------------------------------------------------------------------------

READ_FORMATS = frozenset({"parquet", "csv", "json", "orc", "text", "avro", "delta"})

READ_OPTIONS = words(
    """
    header sep delimiter inferschema multiline quote escape mode dateformat timestampformat timestampntzformat
    encoding charset nullvalue emptyvalue nanvalue mergeschema recursivefilelookup pathglobfilter
    ignoreleadingwhitespace ignoretrailingwhitespace comment samplingratio compression linesep
    columnnameofcorruptrecord enforceschema maxcolumns maxcharspercolumn unescapedquotehandling allowcomments
    allowunquotedfieldnames allowsinglequotes primitivesasstring prefersdate locale wholetext timezone
    datetimerebasemode int96rebasemode modifiedbefore modifiedafter schema ignoremissingfiles ignorecorruptfiles
    allownumericleadingzeros dropfieldifallnull versionasof timestampasof
    """
)

# --- what looks at rows, or at a clock, before the program ends ------------------------------------------------------

ACTIONS = frozenset(
    {
        "collect",
        "first",
        "head",
        "take",
        "tail",
        "isEmpty",
        "toLocalIterator",
        "count",
        "approxQuantile",
        "freqItems",
        "crosstab",
        "corr",
        "cov",
    }
)
CLOCKS = frozenset({"now", "today"})
