"""The unmodified Python client against whatever answers at argv[1]: a name and what came of it, a JSON line each."""
import datetime, decimal, io, json, sys, warnings

warnings.filterwarnings("ignore")
from google.api_core.exceptions import GoogleAPICallError
from google.auth.credentials import AnonymousCredentials
from google.cloud import bigquery as bq
from google.cloud.bigquery import dbapi

client = bq.Client("lab", AnonymousCredentials(), client_options={"api_endpoint": sys.argv[1]})
UTC = datetime.timezone.utc
NOON = datetime.datetime(2026, 1, 2, 12, 0, 0, 6, tzinfo=UTC)


def rows(sql, **settings):
    return [list(r.values()) for r in client.query(sql, job_config=bq.QueryJobConfig(**settings)).result()]


def told(name, do):
    try:
        answer = do()
    except GoogleAPICallError as error:
        answer = f"{type(error).__name__} {error.code}"
    print(json.dumps([name, answer], default=str), flush=True)


def datasets():
    client.create_dataset("py")
    client.create_dataset("py", exists_ok=True)
    dataset = client.get_dataset("py")
    dataset.labels = {"a": "b"}
    return client.update_dataset(dataset, ["labels"]).labels


def tables():
    nested = bq.SchemaField("rec", "RECORD", fields=[bq.SchemaField("x", "FLOAT"), bq.SchemaField("d", "DATE")])
    kinds = {"id": "INTEGER", "price": "NUMERIC", "at": "TIMESTAMP"}
    table = bq.Table("lab.py.t", [bq.SchemaField(*kind) for kind in kinds.items()] + [nested])
    table.time_partitioning = bq.TimePartitioning(field="at")
    return [f.field_type for f in client.create_table(table).schema]


def streamed():
    good = {"id": 1, "price": "1.5", "at": NOON.isoformat(), "rec": {"x": 2.5, "d": "2026-01-04"}}
    client.insert_rows_json("lab.py.t", [good])
    return [list(r.values()) for r in client.list_rows("lab.py.t")]


def without_ids():
    client.create_table(bq.Table("lab.py.w", [bq.SchemaField("n", "INTEGER")]))
    for n in [1, 2]:
        client.insert_rows_json("lab.py.w", [{"n": n}], row_ids=bq.AutoRowIDs.DISABLED)
    return client.get_table("py.w").num_rows


def database_api():
    cursor = dbapi.connect(client).cursor()
    cursor.execute("SELECT %(n)s + 1, %(s:STRING)s", {"n": 1, "s": "x"})
    return [list(row.values()) for row in cursor.fetchall()]


def parameters():
    values = {"INT64": 5, "STRING": "x", "FLOAT64": 1.5, "BOOL": True, "NUMERIC": decimal.Decimal("1.25"),
              "DATE": NOON.date(), "TIMESTAMP": NOON, "DATETIME": NOON.replace(tzinfo=None), "TIME": NOON.time()}
    scalars = [bq.ScalarQueryParameter(k, k, v) for k, v in values.items()]
    struct = bq.StructQueryParameter("s", bq.ScalarQueryParameter("x", "INT64", 7))
    more = [bq.ScalarQueryParameter("n", "INT64", None), bq.ArrayQueryParameter("a", "INT64", [1, 2]), struct]
    names = ", ".join(f"@{k}" for k in values)
    return rows(f"SELECT {names}, @n, @a, @s.x", query_parameters=scalars + more)


def ranges():
    kinds = {"d": "DATE", "t": "TIMESTAMP"}
    fields = [bq.SchemaField(name, "RANGE", range_element_type=of) for name, of in kinds.items()]
    table = client.create_table(bq.Table("lab.py.r", fields))
    client.insert_rows(table, [{"d": {"start": NOON.date(), "end": None}, "t": {"start": None, "end": NOON}}])
    asked = bq.RangeQueryParameter("TIMESTAMP", start=NOON - datetime.timedelta(days=1), name="asked")
    return rows("SELECT d, RANGE_INTERSECT(t, @asked) FROM py.r", query_parameters=[asked])


def dry_run():
    job = client.query("SELECT id FROM py.t", job_config=bq.QueryJobConfig(dry_run=True))
    return [[t.table_id for t in job.referenced_tables], [f.name for f in job.schema], job.total_bytes_processed]


def statements():
    made = client.query("CREATE TABLE py.c AS SELECT 1 AS x")
    made.result()
    changed = client.query("UPDATE py.c SET x = 2 WHERE TRUE")
    changed.result()
    return [made.ddl_operation_performed, made.destination.table_id, changed.dml_stats.updated_row_count]


def loaded():
    form = bq.LoadJobConfig(source_format="CSV", schema=[bq.SchemaField("a", "INT64"), bq.SchemaField("b", "STRING")])
    text = "\n".join(f"{i},{'x' * 30}" for i in range(30_000)).encode()
    job = client.load_table_from_file(io.BytesIO(text), "lab.py.l", job_config=form)
    count = job.result().output_rows
    return [count, sum(1 for _ in client.list_rows("lab.py.l", page_size=20_000)), job.input_files]


def script():
    job = client.query("DECLARE x INT64 DEFAULT 1; SELECT x; SELECT x + 1 AS y")
    job.result()
    return [list(step.result())[0][0] for step in client.list_jobs(parent_job=job)]


def session():
    job = client.query("CREATE TEMP TABLE kept AS SELECT 5 AS x", job_config=bq.QueryJobConfig(create_session=True))
    job.result()
    return rows("SELECT x FROM kept", connection_properties=[bq.ConnectionProperty("session_id", job.session_info.session_id)])


def outdated():
    first, second = client.get_table("py.c"), client.get_table("py.c")
    for table in (first, second):
        table.description = str(id(table))
        client.update_table(table, ["description"])


def routine():
    number = bq.StandardSqlDataType(type_kind=bq.StandardSqlTypeNames.INT64)
    argument = bq.RoutineArgument(name="x", data_type=number)
    client.create_routine(bq.Routine("lab.py.f", type_="SCALAR_FUNCTION", language="SQL", body="x * 3", arguments=[argument]))
    return rows("SELECT py.f(4)")


for name, do in {
    "datasets": datasets,
    "tables": tables,
    "streamed rows": streamed,
    "rows without ids": without_ids,
    "the database API": database_api,
    "a row that is refused": lambda: client.insert_rows_json("lab.py.t", [{"price": "x"}])[0]["errors"][0]["reason"],
    "parameters": parameters,
    "ranges": ranges,
    "dry run": dry_run,
    "statements": statements,
    "a large load": loaded,
    "JSON rows": lambda: client.load_table_from_json([{"a": 1}], "lab.py.j", job_config=bq.LoadJobConfig(autodetect=True)).result().output_rows,
    "a copy": lambda: client.copy_table(["lab.py.c", "lab.py.c"], "lab.py.c2").result() and client.get_table("py.c2").num_rows,
    "a script": script,
    "a session": session,
    "a routine": routine,
    "an outdated table": outdated,
    "a missing table": lambda: client.get_table("py.none"),
    "a wrong query": lambda: rows("SELECT nope"),
    "projects": lambda: [p.project_id for p in client.list_projects()],
    "the end": lambda: client.delete_dataset("py", delete_contents=True),
}.items():
    told(name, do)
