"""Images that merely lie on flash: a reload can find them, so that they changed is told."""

from dataclasses import replace

from netintegrity.model.claims import DeviceClaims, ImageClaim, ImageKind, ImageRole
from netintegrity.model.release import Release
from tests.builders import image
from tests.unit.compare.windows import NEW, OLD, OTHER, compared, planned, said, unplanned


def on_flash(path: str, release: Release | None, size: int = 1000, **changes: object) -> ImageClaim:
    plain = image(
        ImageRole.STORED, path=path, release=release, size_bytes=size, digests=frozenset()
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def with_files(release: Release, *files: ImageClaim) -> DeviceClaims:
    told = said(release)
    return replace(told, images=(*told.images, *files))


OLD_FILE = on_flash("flash:image.17.09.01.bin", OLD)
NEW_FILE = on_flash("flash:image.17.09.04a.bin", NEW)


def test_the_file_of_the_new_release_may_come_and_that_of_the_old_one_may_go() -> None:
    before = with_files(OLD, OLD_FILE)
    for files in ((OLD_FILE, NEW_FILE), (NEW_FILE,)):
        told = compared(before, with_files(NEW, *files), planned())
        assert unplanned(told) == []


def test_an_extra_image_on_flash_is_no_part_of_the_plan() -> None:
    before = with_files(OLD, OLD_FILE)
    for extra in (
        on_flash("flash:other.bin", None),
        on_flash("flash:image.17.12.01.bin", OTHER),
    ):
        told = compared(before, with_files(NEW, OLD_FILE, NEW_FILE, extra), planned())
        assert unplanned(told) == [f"chassis 1 image on flash {extra.path}"]


def test_a_file_of_another_size_under_its_old_name_is_no_part_of_the_plan() -> None:
    before = with_files(OLD, OLD_FILE, NEW_FILE)
    swapped = replace(NEW_FILE, size_bytes=1001)
    told = compared(before, with_files(NEW, OLD_FILE, swapped), planned())
    assert unplanned(told) == [f"chassis 1 image on flash {NEW_FILE.path}"]


def test_a_file_that_came_although_nothing_was_upgraded_is_no_part_of_the_plan() -> None:
    told = compared(with_files(OLD), with_files(OLD, NEW_FILE), planned())
    assert f"chassis 1 image on flash {NEW_FILE.path}" in unplanned(told)


def test_the_list_of_a_set_of_packages_is_rewritten_with_the_set() -> None:
    listed = on_flash("flash:packages.conf", None, kind=ImageKind.PACKAGE_LIST)
    longer = replace(listed, size_bytes=1200)
    told = compared(with_files(OLD, listed), with_files(NEW, longer), planned())
    assert unplanned(told) == []
