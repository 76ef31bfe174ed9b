"""What Spark is told when it starts: what decides rows, and how it works with few and with many.

Belongs here: Spark's own settings, and why. Does not belong here: starting it (`spark_session.py`).
"""

from pathlib import Path

# What decides rows: the session's own zone, and timestamps that have none.
MEANING = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.caseSensitive": "false",
}
# Nothing that anybody looks at while a build runs.
LOCAL = {
    "spark.master": "local[*]",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    # What goes wrong comes back as an error.
    "spark.log.level": "ERROR",
}
MOST_SMALL_ROWS = 40_000
"""Events and snapshots that Spark reads by interpreting its queries; for more, it compiles them."""

_JAVA_OPTIONS = "-XX:+ExitOnOutOfMemoryError"
LARGE = {
    # A part fits into memory, of a million orders as well; AQE puts small ones together.
    "spark.sql.shuffle.partitions": "64",
    # What Parquet's writers gather lies outside of the memory that Spark shares out.
    "spark.hadoop.parquet.block.size": str(16 * 2**20),
    # Payloads are written once and read by few: looking for a form for each of them costs more.
    "spark.sql.variant.writeShredding.enabled": "false",
    "spark.driver.extraJavaOptions": (
        f"{_JAVA_OPTIONS} -XX:ReservedCodeCacheSize=512m -XX:+UseParallelGC"
    ),
}
# Of few rows, nearly all of a build's time goes into what is done for each query, however little it
# reads: writing Java for it and compiling that, and planning again between its steps.
SMALL = {
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    # For each directory and file, Hadoop starts a process that sets permissions. So no file of sums
    # beside each, and none to say that a table is whole: the build says that itself.
    "spark.hadoop.fs.file.impl": "org.apache.hadoop.fs.RawLocalFileSystem",
    "spark.hadoop.mapreduce.fileoutputcommitter.marksuccessfuljobs": "false",
    # Models that are built at once may add to one table (`changed_days`): each task puts its file
    # there itself, and none clears up where another still writes. A build that fails doesn't count.
    "spark.hadoop.mapreduce.fileoutputcommitter.algorithm.version": "2",
    "spark.hadoop.mapreduce.fileoutputcommitter.cleanup.skipped": "true",
    # Nor does one remember which files such a table had when another had not yet added to it.
    "spark.sql.filesourceTableRelationCacheSize": "0",
    # One task reads a table, however many files it has.
    "spark.sql.files.minPartitionNum": "1",
    "spark.sql.files.openCostInBytes": "0",
    # Hadoop's defaults, which are none here.
    "spark.driver.extraClassPath": str(Path(__file__).with_name("hadoop")),
    # Looked at by who develops Spark alone.
    "spark.sql.lightweightPlanChangeValidation": "false",
    "spark.sql.maxPlanStringLength": "0",
    "spark.driver.extraJavaOptions": (
        f"{_JAVA_OPTIONS} -XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=256m -XX:+UseSerialGC"
        # Loading classes starts no search for garbage, nor one for errors in them.
        " -XX:MetaspaceSize=256m -XX:+UnlockDiagnosticVMOptions -XX:-BytecodeVerificationRemote"
    ),
}
