"""What is replaced, what is refused, and what is left when writing fails."""

import os
import stat

import pytest

from .errors import UsageProblem
from .writing import destination, new_folder, publish, take_folder


def write(path, text="new"):
    with publish() as publication:
        publication.path(path).write_text(text)


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_files_appear_together_and_nothing_else_does(tmp_path):
    with publish() as publication:
        for name in ("a.txt", "plots/b.png"):
            publication.path(tmp_path / name).write_text(name)
        assert not any((tmp_path / name).exists() for name in ("a.txt", "plots"))
    assert names(tmp_path) == ["a.txt", "plots"] and names(tmp_path / "plots") == ["b.png"]


def test_drafts_are_where_their_results_go(tmp_path):
    """So that the folder that is read need not be written, and a rename never crosses file
    systems."""
    (tmp_path / "read").mkdir()
    (tmp_path / "read").chmod(0o555)
    (tmp_path / "elsewhere").mkdir()
    with publish() as publication:
        draft = publication.path(tmp_path / "elsewhere" / "page.html")
        assert draft.parent.parent == tmp_path / "elsewhere"
        draft.write_text("page")
    assert names(tmp_path / "read") == [] and names(tmp_path / "elsewhere") == ["page.html"]


def test_a_failure_leaves_what_was_there_and_nothing_more(tmp_path):
    (tmp_path / "a.txt").write_text("old")
    with pytest.raises(OSError), publish() as publication:
        publication.path(tmp_path / "a.txt").write_text("half")
        publication.path(tmp_path / "b.txt").write_text("half")
        raise OSError(28, "No space left on device")
    assert names(tmp_path) == ["a.txt"] and (tmp_path / "a.txt").read_text() == "old"


def test_names_that_look_temporary_are_the_users_own(tmp_path):
    for name in ("a.txt.new", ".a.txt.part", ".report-1", ".out.part"):
        (tmp_path / name).write_text("mine")
    write(tmp_path / "a.txt")
    with new_folder(tmp_path / "out") as draft:
        (draft / "x").write_text("x")
    assert names(tmp_path) == [".a.txt.part", ".out.part", ".report-1", "a.txt", "a.txt.new", "out"]
    assert (tmp_path / ".a.txt.part").read_text() == (tmp_path / "a.txt.new").read_text() == "mine"


@pytest.mark.parametrize("there", [True, False])
def test_a_link_stays_and_its_target_is_written(tmp_path, there):
    (tmp_path / "far").mkdir()
    target, link = tmp_path / "far" / "target.html", tmp_path / "page.html"
    if there:
        target.write_text("old")
    link.symlink_to("far/target.html")
    write(link)
    assert link.is_symlink() and target.read_text() == "new"
    assert names(tmp_path / "far") == ["target.html"]


def test_a_device_is_written_to_and_stays_one(tmp_path):
    (tmp_path / "nothing").symlink_to("/dev/null")
    for path in (tmp_path / "nothing", tmp_path / "null"):
        if path.name == "null" and os.geteuid() == 0:
            os.mknod(path, 0o666 | stat.S_IFCHR, os.makedev(1, 3))
        if path.exists():
            write(path)
            assert stat.S_ISCHR(path.stat().st_mode)
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)


def test_a_pipe_gets_the_whole_text(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    write(tmp_path / "pipe", "through the pipe")
    assert os.read(reader, 100) == b"through the pipe"
    os.close(reader)
    assert names(tmp_path) == ["pipe"]


def test_a_folder_is_never_replaced(tmp_path):
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter").write_text("one")
    (tmp_path / "link").symlink_to("thesis")
    for path in (tmp_path / "thesis", tmp_path / "link"):
        with pytest.raises(UsageProblem, match="is a folder and is not replaced"):
            write(path)
        with pytest.raises(UsageProblem, match="exists already"), new_folder(path):
            pass
    assert (tmp_path / "thesis" / "chapter").read_text() == "one"
    assert names(tmp_path) == ["link", "thesis"]


def test_a_new_folder_does_not_take_the_place_of_a_dangling_link(tmp_path):
    (tmp_path / "out").symlink_to("nowhere")
    with pytest.raises(UsageProblem, match="exists already"), new_folder(tmp_path / "out"):
        pass
    assert (tmp_path / "out").is_symlink()


@pytest.mark.parametrize("mask", [0o022, 0o077, 0o002])
def test_permissions_follow_the_umask(tmp_path, mask):
    before = os.umask(mask)
    try:
        write(tmp_path / "plots" / "a.txt")
        with new_folder(tmp_path / "out") as draft:
            (draft / "x").write_text("x")
    finally:
        os.umask(before)
    modes = {
        path.relative_to(tmp_path).as_posix(): stat.S_IMODE(path.stat().st_mode)
        for path in tmp_path.rglob("*")
    }
    files, folders = 0o666 & ~mask, 0o777 & ~mask
    assert modes == {"plots": folders, "plots/a.txt": files, "out": folders, "out/x": files}


def test_only_a_folder_of_an_earlier_result_is_taken_again(tmp_path):
    folder = tmp_path / "new" / "deep"
    take_folder(folder, "mark.json")
    take_folder(folder, "mark.json")
    (folder / "README.md").write_text("of another project")
    with pytest.raises(UsageProblem, match="no mark.json of an earlier result"):
        take_folder(folder, "mark.json")
    (folder / "mark.json").write_text("{}")
    take_folder(folder, "mark.json")


def test_a_place_that_cannot_be_written_is_named_by_its_folder(tmp_path):
    with pytest.raises(OSError) as error:
        write(tmp_path / "none" / "deep" / "page.html")
    assert error.value.filename == str(tmp_path / "none")


def test_a_loop_of_links_is_no_destination(tmp_path):
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(OSError, match="symbolic links"):
        destination(tmp_path / "loop")


def test_a_file_in_the_place_of_a_folder_is_refused_before_anything_is_moved(tmp_path):
    (tmp_path / "plots").write_text("a file")
    with pytest.raises(UsageProblem, match="plots, where a.png should go, is not a folder"):
        with publish() as publication:
            publication.path(tmp_path / "page.html").write_text("page")
            publication.path(tmp_path / "plots" / "a.png").write_text("picture")
    assert names(tmp_path) == ["plots"]
