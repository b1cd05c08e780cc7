"""Google's reference evaluators of GoogleSQL, as a program: a statement as a JSON string a line in, its answers as JSON out.

Two releases of it: a newer one as WebAssembly, which knows newer syntax but lacks the platform's time formats, and an
older native one. A statement is right where either says so.
"""
import atexit, base64, datetime, json, os, signal, socket, struct, subprocess, sys, warnings

warnings.filterwarnings("ignore")
import grpc, wasmtime
import zetasql.core.wasm_client as wasm_client
from zetasql.wasi import get_wasm_path
from zetasql.wasi._pb2.zetasql.local_service import local_service_pb2 as service
from zetasql.wasi._pb2.zetasql.proto import options_pb2
from zetasql.wasi._pb2.zetasql.public import options_pb2 as public, type_pb2

native_server, compiled = sys.argv[1:]
# An end by signal would leave the native server behind.
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
K = type_pb2.TypeKind
EVALUATE = (service.EvaluateQueryRequest, service.EvaluateQueryResponse)


class Compiled(wasmtime.Module):
    """Compiling takes half a minute: it is done once."""

    @classmethod
    def from_file(cls, engine, path):
        if not os.path.exists(compiled):
            with open(compiled + ".new", "wb") as out:
                out.write(wasmtime.Module(engine, open(path, "rb").read()).serialize())
            os.rename(compiled + ".new", compiled)
        return wasmtime.Module.deserialize_file(engine, compiled)


class Newer:
    def __init__(self):
        wasm_client.Module = Compiled
        self.start()
        self.rewrites = [
            value
            for name, value in public.ResolvedASTRewrite.items()
            if value > 0 and not any(word in name for word in ("INVALID", "ANONYM", "DIFFERENTIAL", "__"))
        ]

    def start(self):
        self.client = wasm_client.WasmClient(wasm_path=get_wasm_path())

    def call(self, method, request, response):
        try:
            return self.client.call_grpc_func("ZetaSqlLocalService_" + method, request, response)
        except (wasmtime.Trap, wasmtime.WasmtimeError):
            self.start()
            raise


class Older:
    rewrites = [value for value in public.ResolvedASTRewrite.values() if 0 < value < 14]

    def __init__(self):
        self.start()
        atexit.register(lambda: self.server.kill())

    def start(self):
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            port = s.getsockname()[1]
        quiet = dict(stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.server = subprocess.Popen([native_server, "localhost", str(port)], **quiet)
        self.channel = grpc.insecure_channel("localhost:%d" % port)
        grpc.channel_ready_future(self.channel).result(30)

    def call(self, method, request, response):
        name = "/zetasql.local_service.ZetaSqlLocalService/" + method
        serialize = lambda message: message.SerializeToString()
        call = self.channel.unary_unary(name, request_serializer=serialize, response_deserializer=response.FromString)
        try:
            return call(request, timeout=20)
        except grpc.RpcError as error:
            if error.code() in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED):
                self.server.kill()
                self.server.wait()
                self.start()
            raise Exception(error.details())


def language_of(evaluator):
    everything = service.LanguageOptionsRequest(maximum_features=True)
    language = evaluator.call("GetLanguageOptions", everything, options_pb2.LanguageOptionsProto)
    language.product_mode = public.PRODUCT_EXTERNAL
    # What BigQuery does not do: times finer than a microsecond.
    names = ("FEATURE_TIMESTAMP_NANOS", "FEATURE_TIMESTAMP_PICOS")
    unwanted = {public.LanguageFeature.Value(name) for name in names}
    kept = [feature for feature in language.enabled_language_features if feature not in unwanted]
    del language.enabled_language_features[:]
    language.enabled_language_features.extend(kept)
    # Still counted as being made, though the older of the two has all of it.
    for name in ("ANNOTATION_FRAMEWORK", "COLLATION_SUPPORT", "USE_OPERATION_COLLATION_FOR_NULLIF"):
        feature = public.LanguageFeature.Value("FEATURE_" + name)
        if feature not in language.enabled_language_features:
            language.enabled_language_features.append(feature)
    if "QUALIFY" not in language.reserved_keywords:
        language.reserved_keywords.append("QUALIFY")
    return language


def answer(evaluator, language, sql):
    request = service.EvaluateQueryRequest(sql=sql)
    request.options.language_options.CopyFrom(language)
    request.options.default_timezone = "UTC"
    request.options.enabled_rewrites.extend(evaluator.rewrites)
    request.simple_catalog.name = "catalog"
    request.simple_catalog.builtin_function_options.language_options.CopyFrom(language)
    response = evaluator.call("EvaluateQuery", request, service.EvaluateQueryResponse)
    columns = response.prepared.columns
    rows = [[value(v, c.type) for v, c in zip(row.cell, columns)] for row in response.content.table_data.row]
    return {"types": [name_of(c.type) for c in columns], "rows": rows}


def decimal(raw, scale):
    n = int.from_bytes(raw, "little", signed=True)
    digits = str(abs(n)).rjust(scale + 1, "0")
    fraction = digits[-scale:].rstrip("0")
    return ("-" if n < 0 else "") + digits[:-scale] + ("." + fraction if fraction else "")


def fraction(nanos):
    return "." + str(nanos).rjust(9, "0").rstrip("0") if nanos else ""


def clock(bits, nanos):
    return "%02d:%02d:%02d%s" % (bits >> 12 & 31, bits >> 6 & 63, bits & 63, fraction(nanos))


def interval(raw):
    """As BigQuery writes it: years and months, days, and the time with a sign of its own."""
    micros, days, bits = struct.unpack("<qiI", raw)
    years, months = divmod(bits >> 13 & 0x3FFFF, 12)
    seconds, fraction_of = divmod(abs(micros), 10**6)
    sign = "-" if bits >> 31 else "", "-" if micros < 0 else ""
    time = "%d:%d:%d" % (seconds // 3600, seconds // 60 % 60, seconds % 60)
    return "%s%d-%d %d %s%s%s" % (sign[0], years, months, days, sign[1], time, fraction(fraction_of * 1000))


def value(v, t):
    k = t.type_kind
    if v.WhichOneof("value") is None:
        return [] if k == K.TYPE_ARRAY else None
    if k == K.TYPE_ARRAY:
        return [value(element, t.array_type.element_type) for element in v.array_value.element]
    if k == K.TYPE_STRUCT:
        return [value(f, d.field_type) for f, d in zip(v.struct_value.field, t.struct_type.field)]
    if k == K.TYPE_INT64:
        return str(v.int64_value)
    if k == K.TYPE_DOUBLE:
        special = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}
        return special.get(str(v.double_value), repr(v.double_value))
    if k == K.TYPE_BOOL:
        return "true" if v.bool_value else "false"
    if k == K.TYPE_STRING:
        return v.string_value
    if k == K.TYPE_BYTES:
        return base64.b64encode(v.bytes_value).decode()
    if k == K.TYPE_NUMERIC:
        return decimal(v.numeric_value, 9)
    if k == K.TYPE_BIGNUMERIC:
        return decimal(v.bignumeric_value, 38)
    if k == K.TYPE_INTERVAL:
        return interval(v.interval_value)
    if k == K.TYPE_JSON:
        return v.json_value
    if k == K.TYPE_DATE:
        return (datetime.date(1970, 1, 1) + datetime.timedelta(days=v.date_value)).isoformat()
    if k == K.TYPE_TIME:
        return clock(v.time_value >> 30, v.time_value & (1 << 30) - 1)
    if k == K.TYPE_DATETIME:
        bits = v.datetime_value.bit_field_datetime_seconds
        day = "%04d-%02d-%02dT" % (bits >> 26, bits >> 22 & 15, bits >> 17 & 31)
        return day + clock(bits & (1 << 17) - 1, v.datetime_value.nanos)
    if k == K.TYPE_TIMESTAMP:
        at = datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=v.timestamp_value.seconds)
        return at.isoformat() + fraction(v.timestamp_value.nanos) + "Z"
    if k == K.TYPE_RANGE:
        ends = value(v.range_value.start, t.range_type.element_type), value(v.range_value.end, t.range_type.element_type)
        return "[%s, %s)" % tuple(end or "UNBOUNDED" for end in ends)
    return "a value of type " + K.Name(k)


def name_of(t):
    if t.type_kind == K.TYPE_ARRAY:
        return "ARRAY<" + name_of(t.array_type.element_type) + ">"
    if t.type_kind == K.TYPE_STRUCT:
        fields = [(f.field_name + " " if f.field_name else "") + name_of(f.field_type) for f in t.struct_type.field]
        return "STRUCT<" + ", ".join(fields) + ">"
    if t.type_kind == K.TYPE_RANGE:
        return "RANGE<" + name_of(t.range_type.element_type) + ">"
    return {"DOUBLE": "FLOAT64"}.get(K.Name(t.type_kind)[5:], K.Name(t.type_kind)[5:])


evaluators = [(e, language_of(e)) for e in (Newer(), Older())]
for line in sys.stdin:
    answers = []
    for evaluator, language in evaluators:
        try:
            answers.append(answer(evaluator, language, json.loads(line)))
        except Exception as error:
            answers.append({"error": str(error)[:400]})
    print(json.dumps(answers), flush=True)
