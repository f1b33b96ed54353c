"""The rules, in the order of the catalogue. This tuple is the one list; a test finds what is missing from it."""

from sphinx_poetry_ext.lint.rule import Rule
from sphinx_poetry_ext.lint.rules.pty001_toml_syntax import TomlSyntax
from sphinx_poetry_ext.lint.rules.pty002_duplicate_key import DuplicateKey
from sphinx_poetry_ext.lint.rules.pty003_not_utf8 import NotUtf8
from sphinx_poetry_ext.lint.rules.pty004_byte_order_mark import ByteOrderMark
from sphinx_poetry_ext.lint.rules.pty005_unknown_key import UnknownKey
from sphinx_poetry_ext.lint.rules.pty006_unused_noqa import UnusedNoqa
from sphinx_poetry_ext.lint.rules.pty007_wrong_type import WrongType
from sphinx_poetry_ext.lint.rules.pty101_caret_constraint import CaretConstraint
from sphinx_poetry_ext.lint.rules.pty102_tilde_constraint import TildeConstraint
from sphinx_poetry_ext.lint.rules.pty103_compatible_release import CompatibleRelease
from sphinx_poetry_ext.lint.rules.pty104_wildcard_constraint import WildcardConstraint
from sphinx_poetry_ext.lint.rules.pty105_missing_upper_bound import MissingUpperBound
from sphinx_poetry_ext.lint.rules.pty106_unversioned_scheme_not_pinned import UnversionedSchemeNotPinned
from sphinx_poetry_ext.lint.rules.pty107_bare_exact_pin import BareExactPin
from sphinx_poetry_ext.lint.rules.pty108_pinned_semver_library import PinnedSemverLibrary
from sphinx_poetry_ext.lint.rules.pty109_union_constraint import UnionConstraint
from sphinx_poetry_ext.lint.rules.pty110_invalid_constraint import InvalidConstraint
from sphinx_poetry_ext.lint.rules.pty111_empty_constraint import EmptyConstraint
from sphinx_poetry_ext.lint.rules.pty112_prerelease_allowed import PrereleaseAllowed
from sphinx_poetry_ext.lint.rules.pty113_lower_bound_dropped import LowerBoundDropped
from sphinx_poetry_ext.lint.rules.pty201_project_name import ProjectName
from sphinx_poetry_ext.lint.rules.pty202_dependency_name import DependencyName
from sphinx_poetry_ext.lint.rules.pty203_package_folder_name import PackageFolderName
from sphinx_poetry_ext.lint.rules.pty204_package_not_found import PackageNotFound
from sphinx_poetry_ext.lint.rules.pty205_description import Description
from sphinx_poetry_ext.lint.rules.pty206_readme import Readme
from sphinx_poetry_ext.lint.rules.pty207_authors import Authors
from sphinx_poetry_ext.lint.rules.pty208_licence import Licence
from sphinx_poetry_ext.lint.rules.pty209_classifier import Classifier
from sphinx_poetry_ext.lint.rules.pty210_url import Url
from sphinx_poetry_ext.lint.rules.pty211_version import Version
from sphinx_poetry_ext.lint.rules.pty212_script_target import ScriptTarget
from sphinx_poetry_ext.lint.rules.pty301_python_constraint_missing import PythonConstraintMissing
from sphinx_poetry_ext.lint.rules.pty302_python_constraint_mismatch import PythonConstraintMismatch
from sphinx_poetry_ext.lint.rules.pty303_python_end_of_life import PythonEndOfLife
from sphinx_poetry_ext.lint.rules.pty304_python_classifiers import PythonClassifiers
from sphinx_poetry_ext.lint.rules.pty305_python_unbounded import PythonUnbounded
from sphinx_poetry_ext.lint.rules.pty306_tool_target import ToolTarget
from sphinx_poetry_ext.lint.rules.pty401_duplicate_dependency import DuplicateDependency
from sphinx_poetry_ext.lint.rules.pty402_unused_dependency import UnusedDependency
from sphinx_poetry_ext.lint.rules.pty403_missing_dependency import MissingDependency
from sphinx_poetry_ext.lint.rules.pty404_transitive_dependency import TransitiveDependency
from sphinx_poetry_ext.lint.rules.pty405_misplaced_dev_dependency import MisplacedDevDependency
from sphinx_poetry_ext.lint.rules.pty406_stdlib_dependency import StdlibDependency
from sphinx_poetry_ext.lint.rules.pty407_unpinned_git import UnpinnedGit
from sphinx_poetry_ext.lint.rules.pty408_path_dependency import PathDependency
from sphinx_poetry_ext.lint.rules.pty409_unknown_extra_member import UnknownExtraMember
from sphinx_poetry_ext.lint.rules.pty410_unreachable_optional import UnreachableOptional
from sphinx_poetry_ext.lint.rules.pty411_dependency_groups import DependencyGroups
from sphinx_poetry_ext.lint.rules.pty412_unsorted_dependencies import UnsortedDependencies
from sphinx_poetry_ext.lint.rules.pty501_lock_missing import LockMissing
from sphinx_poetry_ext.lint.rules.pty502_lock_stale import LockStale
from sphinx_poetry_ext.lint.rules.pty503_lock_ignored import LockIgnored
from sphinx_poetry_ext.lint.rules.pty504_lock_conflict import LockConflict
from sphinx_poetry_ext.lint.rules.pty505_lock_format import LockFormat
from sphinx_poetry_ext.lint.rules.pty506_lock_hashes import LockHashes
from sphinx_poetry_ext.lint.rules.pty507_lock_inconsistent import LockInconsistent
from sphinx_poetry_ext.lint.rules.pty508_two_lock_files import TwoLockFiles
from sphinx_poetry_ext.lint.rules.pty509_lock_advisories import LockAdvisories
from sphinx_poetry_ext.lint.rules.pty601_source_credentials import SourceCredentials
from sphinx_poetry_ext.lint.rules.pty602_source_http import SourceHttp
from sphinx_poetry_ext.lint.rules.pty603_dependency_confusion import DependencyConfusion
from sphinx_poetry_ext.lint.rules.pty604_unknown_source import UnknownSource
from sphinx_poetry_ext.lint.rules.pty605_source_priority import SourcePriority
from sphinx_poetry_ext.lint.rules.pty701_dev_dependencies import DevDependencies
from sphinx_poetry_ext.lint.rules.pty702_legacy_metadata import LegacyMetadata
from sphinx_poetry_ext.lint.rules.pty703_duplicate_metadata import DuplicateMetadata
from sphinx_poetry_ext.lint.rules.pty704_build_system import BuildSystem
from sphinx_poetry_ext.lint.rules.pty705_allows_prereleases import AllowsPrereleases
from sphinx_poetry_ext.lint.rules.pty801_leftover_requirements import LeftoverRequirements
from sphinx_poetry_ext.lint.rules.pty802_leftover_setup import LeftoverSetup
from sphinx_poetry_ext.lint.rules.pty803_leftover_pipfile import LeftoverPipfile
from sphinx_poetry_ext.lint.rules.pty804_removed_flags import RemovedFlags
from sphinx_poetry_ext.lint.rules.pty901_poetry_shares_environment import PoetrySharesEnvironment
from sphinx_poetry_ext.lint.rules.pty902_poetry_unpinned import PoetryUnpinned
from sphinx_poetry_ext.lint.rules.pty903_removed_flag import RemovedFlag
from sphinx_poetry_ext.lint.rules.pty904_deprecated_flag import DeprecatedFlag
from sphinx_poetry_ext.lint.rules.pty905_lock_not_copied import LockNotCopied
from sphinx_poetry_ext.lint.rules.pty906_dev_in_image import DevInImage
from sphinx_poetry_ext.lint.rules.pty907_copy_before_install import CopyBeforeInstall
from sphinx_poetry_ext.lint.rules.pty908_update_in_image import UpdateInImage
from sphinx_poetry_ext.lint.rules.pty909_export_plugin import ExportPlugin
from sphinx_poetry_ext.lint.rules.pty910_retired_installer import RetiredInstaller
from sphinx_poetry_ext.lint.rules.pty911_image_python import ImagePython
from sphinx_poetry_ext.lint.rules.pty912_secret_in_image import SecretInImage

RULES: tuple[type[Rule], ...] = (
    TomlSyntax,
    DuplicateKey,
    NotUtf8,
    ByteOrderMark,
    UnknownKey,
    UnusedNoqa,
    WrongType,
    CaretConstraint,
    TildeConstraint,
    CompatibleRelease,
    WildcardConstraint,
    MissingUpperBound,
    UnversionedSchemeNotPinned,
    BareExactPin,
    PinnedSemverLibrary,
    UnionConstraint,
    InvalidConstraint,
    EmptyConstraint,
    PrereleaseAllowed,
    LowerBoundDropped,
    ProjectName,
    DependencyName,
    PackageFolderName,
    PackageNotFound,
    Description,
    Readme,
    Authors,
    Licence,
    Classifier,
    Url,
    Version,
    ScriptTarget,
    PythonConstraintMissing,
    PythonConstraintMismatch,
    PythonEndOfLife,
    PythonClassifiers,
    PythonUnbounded,
    ToolTarget,
    DuplicateDependency,
    UnusedDependency,
    MissingDependency,
    TransitiveDependency,
    MisplacedDevDependency,
    StdlibDependency,
    UnpinnedGit,
    PathDependency,
    UnknownExtraMember,
    UnreachableOptional,
    DependencyGroups,
    UnsortedDependencies,
    LockMissing,
    LockStale,
    LockIgnored,
    LockConflict,
    LockFormat,
    LockHashes,
    LockInconsistent,
    TwoLockFiles,
    LockAdvisories,
    SourceCredentials,
    SourceHttp,
    DependencyConfusion,
    UnknownSource,
    SourcePriority,
    DevDependencies,
    LegacyMetadata,
    DuplicateMetadata,
    BuildSystem,
    AllowsPrereleases,
    LeftoverRequirements,
    LeftoverSetup,
    LeftoverPipfile,
    RemovedFlags,
    PoetrySharesEnvironment,
    PoetryUnpinned,
    RemovedFlag,
    DeprecatedFlag,
    LockNotCopied,
    DevInImage,
    CopyBeforeInstall,
    UpdateInImage,
    ExportPlugin,
    RetiredInstaller,
    ImagePython,
    SecretInImage,
)
